import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ACCESS_LOG_TOPIC } from '../../../schemas/topics.ts'
import { buildReadLag } from '../../../services/alert/signals/reading-lag.ts'
import { MINUTE } from '../../../services/platform/clock.ts'

/** A log of one partition a topic: where it ends and what is committed, as the test says. */
function rig() {
  const at = { nowMs: 0, end: 0, committed: undefined as number | undefined, first: 0 }
  const eventLog = {
    offsets: async (topic: string) =>
      topic === ACCESS_LOG_TOPIC ? [{ partition: 0, first: at.first, end: at.end, committed: at.committed }] : [],
  }
  const read = buildReadLag({ eventLog, now: () => at.nowMs })
  const look = async (change: Partial<typeof at>) => {
    Object.assign(at, change)
    const [lag] = await read()
    return [(lag?.lagMs ?? 0) / MINUTE, lag?.records]
  }
  return look
}

test('lag is the time that the oldest unread line waits, however many there are', async () => {
  const look = rig()
  assert.deepEqual(await look({ end: 100, committed: 100 }), [0, 0])
  assert.deepEqual(await look({ nowMs: MINUTE, end: 1_000_000 }), [0, 999_900])
  assert.deepEqual(await look({ nowMs: 6 * MINUTE, end: 1_000_001 }), [5, 999_901])
  // All that stood there five minutes ago is read; one line came since.
  assert.deepEqual(await look({ nowMs: 7 * MINUTE, committed: 1_000_000 }), [1, 1])
  assert.deepEqual(await look({ nowMs: 8 * MINUTE, committed: 1_000_001 }), [0, 0])
})

test('a worker that reads as fast as lines come is not late, however long lines keep coming', async () => {
  const look = rig()
  for (let minute = 1; minute < 60; minute++)
    assert.deepEqual(await look({ nowMs: minute * MINUTE, end: minute * 10, committed: (minute - 1) * 10 }), [0, 10], `${minute}`)
})

test('lines that were removed before they were read are not waited for', async () => {
  const look = rig()
  await look({ end: 50 })
  assert.deepEqual(await look({ nowMs: 9 * MINUTE, first: 50 }), [0, 0])
})
