import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer } from '../../services/answers/answer.ts'
import { askAll, standsOut } from '../../services/answers/ask-all.ts'
import { AppError } from '../../services/platform/errors.ts'

const answer = (facts: Partial<Answer>): Answer => ({
  question: 'gaps',
  from: '',
  to: '',
  settled_until: null,
  sentence: 'Something happened.',
  confidence: 'high',
  is_calm: false,
  findings: [],
  sample: { requests: 0, minutes: 0 },
  coverage: null,
  missing: [],
  would_change: null,
  method: 'gaps',
  ...facts,
})

test('a headline leaves out what is calm and what cannot be told, and cuts what is too long', () => {
  const told = [answer({}), answer({ is_calm: true }), answer({ confidence: 'cannot tell' }), answer({ sentence: 'x'.repeat(1_000) })]
  assert.deepEqual(
    standsOut(told).map(sentence => sentence.length),
    ['Something happened.'.length, 321],
  )
  assert.equal(standsOut(Array.from({ length: 9 }, () => answer({}))).length, 5)
})

test('a question that fails is named and the others are answered; what is no fault of a query is not hidden', async () => {
  const scope = { isAll: true, tenants: [], seesVolumes: true }
  const asked = { fromMs: 0, toMs: 3_600_000, nowMs: 3_600_000, scope }
  const named: string[] = []
  const refuse = (error: Error) => ({ query: async () => await Promise.reject(error) })
  const onFault = ({ name }: { name: string }) => void named.push(name)
  const fault = new AppError('CLICKHOUSE_QUERY_TOO_LARGE', 'too large')
  assert.deepEqual(await askAll(asked, { clickhouse: refuse(fault), onFault }), [])
  assert.ok(named.includes('verdict') && named.includes('gaps'))
  await assert.rejects(askAll(asked, { clickhouse: refuse(new TypeError('a defect')), onFault }), /a defect/)
})
