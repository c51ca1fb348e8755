import assert from 'node:assert/strict'
import { test } from 'node:test'
import { busyWaitMs } from '../../services/settle/busy-wait.ts'

const config = { maxWaitMs: 5_000 }
const load = (facts: Partial<Parameters<typeof busyWaitMs>[0]>) => ({ lastDurationMs: 0, waiting: 1, rowAgeMs: 1_000, ...facts })

test('a busy window is settled every few seconds, the sooner the less it takes', () => {
  assert.equal(busyWaitMs(load({}), config), 1_500)
  assert.equal(busyWaitMs(load({ lastDurationMs: 1_200 }), config), 1_800)
  assert.equal(busyWaitMs(load({ lastDurationMs: 4_000 }), config), 5_000)
})

test('settling never takes more than half of the time, however many windows wait', () => {
  assert.equal(busyWaitMs(load({ lastDurationMs: 8_000 }), config), 8_000)
  assert.equal(busyWaitMs(load({ lastDurationMs: 2_000, waiting: 30 }), config), 60_000)
})

test('while rows wait to be written it takes a tenth of the time, and as before as soon as they do not', () => {
  assert.equal(busyWaitMs(load({ lastDurationMs: 2_000, rowAgeMs: 3_001 }), config), 18_000)
  assert.equal(busyWaitMs(load({ lastDurationMs: 100, rowAgeMs: 60_000 }), config), 5_000)
  // Late rows never make it more than it would be without them.
  assert.equal(busyWaitMs(load({ lastDurationMs: 2_000, waiting: 30, rowAgeMs: 60_000 }), config), 60_000)
  assert.equal(busyWaitMs(load({ lastDurationMs: 2_000, rowAgeMs: 3_000 }), config), 3_000)
})
