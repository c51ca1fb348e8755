import assert from 'node:assert/strict'
import { test } from 'node:test'
import { busyWaitMs, restMs, type SettleLoad } from '../../services/settle/busy-wait.ts'

const config = { maxWaitMs: 5_000 }
const load = (facts: Partial<SettleLoad>): SettleLoad => ({
  lastDurationMs: 0,
  rowAgeMs: 1_000,
  newRows: 0,
  sinceLastMs: 1_000,
  rowsPerSecondBefore: 0,
  ...facts,
})

test('a busy window is settled every few seconds, the sooner the less it takes', () => {
  assert.equal(busyWaitMs(load({}), config), 700)
  assert.equal(busyWaitMs(load({ lastDurationMs: 1_500 }), config), 1_200)
  assert.equal(busyWaitMs(load({ lastDurationMs: 9_000 }), config), 5_000)
})

test('after a pass there is a rest: the longer the fewer rows come, never longer than a window may wait', () => {
  const pass = { lastDurationMs: 200, sinceLastMs: 10_000 }
  // One row a second: 3 % of the time. A hundred: 5.5 %. A thousand and more: 55 %.
  assert.equal(Math.round(restMs(load({ lastDurationMs: 100, newRows: 10, sinceLastMs: 10_000 }), config)), 3_233)
  assert.equal(Math.round(restMs(load({ ...pass, newRows: 1_000 }), config)), 3_436)
  assert.equal(Math.round(restMs(load({ ...pass, newRows: 10_000 }), config)), 164)
  assert.equal(Math.round(restMs(load({ ...pass, newRows: 1e9 }), config)), 164)
  assert.equal(Math.round(restMs(load({ ...pass, newRows: 0, rowsPerSecondBefore: 1_000 }), config)), 164, 'the last rows of a busy time')
  assert.equal(restMs(load({ lastDurationMs: 60_000 }), config), 5_000)
  assert.equal(restMs(load({}), config), 0)
})

test('while rows wait to be written it takes a tenth of the time, and as before as soon as they do not', () => {
  assert.equal(busyWaitMs(load({ lastDurationMs: 2_000, rowAgeMs: 3_001 }), config), 18_000)
  assert.equal(busyWaitMs(load({ lastDurationMs: 100, rowAgeMs: 60_000 }), config), 5_000)
  assert.equal(busyWaitMs(load({ lastDurationMs: 2_000, rowAgeMs: 3_000 }), config), 1_600)
})
