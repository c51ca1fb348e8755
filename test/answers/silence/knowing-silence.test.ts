import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Answer } from '../../../services/answers/answer.ts'
import { findSilences, type SourceMinute } from '../../../services/answers/silence/find-silences.ts'
import { withSilences } from '../../../services/answers/silence/knowing-silence.ts'
import { MINUTE } from '../../../services/platform/clock.ts'

const FROM = Date.UTC(2026, 8, 1, 9)
const TO = FROM + 60 * MINUTE
/** Attempts of a sender by minute from half an hour before FROM on; 0: none came. */
const sent = (source: string, at: (minute: number) => number): SourceMinute[] =>
  Array.from({ length: 90 }, (_, index) => index - 30)
    .map(minute => ({ source, at_ms: FROM + minute * MINUTE, attempts: at(minute) }))
    .filter(row => row.attempts > 0)
const steady = sent('edge', () => 30)

const answer: Answer = {
  question: 'verdict',
  from: new Date(FROM).toISOString(),
  to: new Date(TO).toISOString(),
  settled_until: new Date(TO).toISOString(),
  sentence: 'It helps.',
  confidence: 'high',
  is_calm: false,
  findings: [
    { sentence: 'It helps.', confidence: 'high' },
    { sentence: 'Nobody knows.', confidence: 'cannot tell' },
  ],
  sample: { requests: 1, minutes: 60 },
  coverage: null,
  missing: ['prices'],
  would_change: null,
  method: 'verdict',
}
const looked = { fromMs: FROM, toMs: TO, periodMs: TO - FROM }

test('a sender that stops is told from when, and what it did not send makes the answer less sure', () => {
  // 30 a minute of the one for an hour; of the other 60 a minute until 09:30: 1,800 seen of each, 1,800 missed of 5,400.
  const told = withSilences(answer, [...steady, ...sent('inner', minute => (minute < 30 ? 60 : 0))], looked)
  assert.deepEqual(told.missing, [
    'prices',
    'no line of inner from 2026-09-01T09:30:00Z to 2026-09-01T10:00:00Z, where 60 a minute are usual',
  ])
  assert.ok(Math.abs((told.coverage ?? 0) - 3600 / 5400) < 1e-9)
  assert.deepEqual([told.confidence, ...told.findings.map(one => one.confidence)], ['low', 'low', 'cannot tell'])
  assert.match(told.sentence, /^It helps\. Not all was seen: no line of inner/)
})

test('most of it unseen: nobody can tell; a little of it: as sure as before, and said all the same', () => {
  const alone = withSilences(
    answer,
    sent('inner', minute => (minute < 10 ? 60 : 0)),
    looked,
  )
  assert.equal(alone.confidence, 'cannot tell')
  const little = withSilences(answer, [...sent('edge', () => 600), ...sent('inner', minute => (minute < 57 ? 60 : 0))], looked)
  assert.deepEqual([little.confidence, little.sentence, little.missing.length], ['high', 'It helps.', 2])
  // An hour looked at of a day: what is missing is a 24th of it.
  const day = withSilences(
    answer,
    sent('inner', minute => (minute < 30 ? 60 : 0)),
    { ...looked, periodMs: 24 * 60 * MINUTE },
  )
  assert.ok(Math.abs((day.coverage ?? 0) - (1 - 0.5 / 24)) < 1e-9)
})

test('a hole in the middle is told; who pauses as a habit, has just begun, or sends little is not silent', () => {
  const hole = findSilences(
    sent('edge', minute => (minute >= 10 && minute < 20 ? 0 : 30)),
    looked,
  )
  assert.deepEqual(
    hole.map(one => [(one.fromMs - FROM) / MINUTE, (one.toMs - FROM) / MINUTE, one.usual]),
    [[10, 20, 30]],
  )
  const ofHabit = sent('batch', minute => (minute % 10 < 5 ? 100 : 0))
  const young = sent('young', minute => (minute < 20 ? 0 : 30))
  const rare = sent('rare', minute => (minute % 3 === 0 ? 1 : 0))
  const over = sent('before', minute => (minute >= -20 && minute < -5 ? 0 : 30))
  assert.deepEqual(findSilences([...steady, ...ofHabit, ...young, ...rare, ...over], looked), [])
})

test('whatever came, coverage is a share and the answer no surer than before', () => {
  const minutes = fc.array(
    fc.record({
      source: fc.constantFrom('a', 'b'),
      at_ms: fc.integer({ min: -30, max: 59 }).map(at => FROM + at * MINUTE),
      attempts: fc.nat(1e6),
    }),
  )
  fc.assert(
    fc.property(minutes, rows => {
      const told = withSilences(answer, rows, looked)
      return told.coverage === null || (told.coverage >= 0 && told.coverage <= 1)
    }),
  )
})
