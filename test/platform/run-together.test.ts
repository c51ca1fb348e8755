import assert from 'node:assert/strict'
import { test } from 'node:test'
import { delay } from '../../services/platform/clock.ts'
import { runTogether } from '../../services/platform/run-together.ts'

test('when one loop fails the others are stopped and waited for before the fault is thrown on', async () => {
  const ended: string[] = []
  const patient = async (signal: AbortSignal) => {
    await delay(60_000, signal)
    await delay(10)
    ended.push('patient')
  }
  const failing = async () => {
    throw new Error('first')
  }
  await assert.rejects(runTogether([patient, failing], new AbortController().signal), { message: 'first' })
  assert.deepEqual(ended, ['patient'])
})

test('aborting ends all loops', async () => {
  const stop = new AbortController()
  const running = runTogether([signal => delay(60_000, signal), signal => delay(60_000, signal)], stop.signal)
  stop.abort()
  await running
})
