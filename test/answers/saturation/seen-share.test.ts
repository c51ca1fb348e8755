import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PoolMinute } from '../../../services/answers/saturation/pool-minute.ts'
import { seenShare } from '../../../services/answers/saturation/seen-share.ts'
import { MINUTE } from '../../../services/platform/clock.ts'

const rowsOf = (samples: readonly number[]) =>
  samples.flatMap((count, minute) => (count === 0 ? [] : [{ at_ms: minute * MINUTE, engines: 2, samples: count } as PoolMinute]))
const minutes = (length: number, samples: (minute: number) => number) => rowsOf(Array.from({ length }, (_, minute) => samples(minute)))

test('every reading there is all of them, a scraper out of step by one too', () => {
  assert.equal(
    seenShare(
      minutes(30, () => 8),
      30 * MINUTE,
    ),
    1,
  )
  assert.equal(
    seenShare(
      minutes(30, minute => (minute % 12 === 0 ? 7 : 8)),
      30 * MINUTE,
    ),
    1,
  )
})

test('half of the readings is half of them, and so are minutes without', () => {
  assert.equal(
    seenShare(
      minutes(30, minute => (minute < 15 ? 8 : 4)),
      30 * MINUTE,
    ),
    0.5,
  )
  const everyThird = seenShare(
    minutes(30, minute => (minute < 15 || minute % 3 === 0 ? 8 : 0)),
    30 * MINUTE,
  )
  assert.ok(Math.abs(everyThird - 1 / 3) < 1e-9)
})

test('a pool that is read for eight minutes is whole since then; one without readings has none', () => {
  assert.equal(
    seenShare(
      minutes(8, () => 4),
      8 * MINUTE,
    ),
    1,
  )
  assert.equal(seenShare([], 30 * MINUTE), 0)
})
