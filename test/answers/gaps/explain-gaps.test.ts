import assert from 'node:assert/strict'
import { test } from 'node:test'
import { explainGaps, type GapRow } from '../../../services/answers/gaps/explain-gaps.ts'

const FROM = Date.parse('2026-09-01T00:00:00Z')
const PERIOD = { fromMs: FROM, toMs: FROM + 3_600_000 }
const SETTLED = { untilMs: FROM + 1_800_000, windows: 30 }
const row = (over: Partial<GapRow>): GapRow => ({
  tenant_id: 'acme',
  request_model: 'm',
  requests: 10,
  minutes: 5,
  attempts: 10,
  unpriced_attempts: 0,
  unpriced_tokens: 0,
  missing_usage_attempts: 0,
  contradictory_usage_attempts: 0,
  unseen_attempts: 0,
  ...over,
})

test('traffic with a price and a usage has no gap, and the answer says how much was looked at', () => {
  const answer = explainGaps([row({}), row({ tenant_id: 'globex', requests: '7', attempts: '9' })], [], PERIOD, SETTLED)
  assert.deepEqual([answer.findings, answer.sample, answer.settled_until], [[], { requests: 17, minutes: 30 }, '2026-09-01T00:30:00Z'])
  assert.equal(answer.sentence, 'All 19 attempts have a price and a usage.')
  assert.equal(answer.would_change, null)
})

test('the largest hole comes first and says of what it is made', () => {
  const rows = [
    row({ missing_usage_attempts: 2 }),
    row({ tenant_id: 'globex', unpriced_attempts: '4', unpriced_tokens: '4000', missing_usage_attempts: 1, unseen_attempts: 3 }),
  ]
  const { findings, sentence } = explainGaps(rows, [], PERIOD, SETTLED)
  assert.deepEqual(
    findings.map(finding => [finding.tenant_id, finding.share]),
    // Four without a price, of which one may be the one without a usage, and three that nobody saw.
    [
      ['globex', 0.7],
      ['acme', 0.2],
    ],
  )
  assert.match(findings[0]?.sentence ?? '', /of 10 attempts 4 without a price in force, 1 without a reported usage, 3 that the gateway/)
  assert.match(sentence, /^9 of 20 attempts of 2 tenants/)
})

test('without a settled minute nothing is said to be whole', () => {
  const answer = explainGaps([], [], PERIOD, { untilMs: null, windows: 0 })
  assert.deepEqual([answer.confidence, answer.missing, answer.settled_until], ['cannot tell', ['settled minutes'], null])
})

test('lines that nobody could read are told first, also where nothing else came', () => {
  const refused = [
    { code: 'LINE_FIELD_MISSING', lines: '1400', message: 'tenant_id is missing.' },
    { code: 'LINE_NOT_JSON', lines: 2, message: 'no JSON' },
  ]
  const alone = explainGaps([], refused, PERIOD, { untilMs: null, windows: 0 })
  assert.match(
    alone.sentence,
    /^1,402 lines could not be read and count nowhere, 1,400 of them for LINE_FIELD_MISSING: tenant_id is missing\. /,
  )
  assert.deepEqual([alone.is_calm, alone.confidence], [false, 'high'])
  assert.match(
    explainGaps([row({})], refused.slice(1), PERIOD, SETTLED).sentence,
    /^2 lines could not be read .* for LINE_NOT_JSON: no JSON/,
  )
})
