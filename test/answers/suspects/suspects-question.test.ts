import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { AttemptRow } from '../../../schemas/attempt.ts'
import { findRequests } from '../../../services/answers/requests/find-requests.ts'
import { buildListPrices } from '../../../services/answers/requests/list-price.ts'
import { explainSuspects, type SuspectInputs } from '../../../services/answers/suspects/explain-suspects.ts'
import type { SuspectFinding } from '../../../services/answers/suspects/suspect.ts'
import { suspectsQuestion } from '../../../services/answers/suspects/suspects-question.ts'
import { HOUR, MINUTE } from '../../../services/platform/clock.ts'
import { settleWindows } from '../../../services/settle/settle-windows.ts'
import { suspects } from '../../bench/answers/families/suspects.ts'
import { openTestClickHouse } from '../../fakes/clickhouse-server.ts'
import { attemptRow, insertAttempts, noPrices, WINDOW_MS } from '../../settle/attempt-rows.ts'

const operators = { isAll: true, tenants: [], seesVolumes: true }
const refused = (auth_result: string, facts: Partial<AttemptRow>) =>
  attemptRow({ tenant_id: 'unauthenticated', outcome: 'rejected', error_class: 'auth', auth_result, status_code: 401, ...facts })

test('guessers, barred keys and enumerators are told with the requests behind them; a tenant sees its own alone', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const rows = [
    ...Array.from({ length: 12 }, (_, n) => refused('invalid', { api_key_id: `bad-${n}`, client_ip_prefix: '203.0.113.0/24' })),
    // A client whose key was changed.
    ...Array.from({ length: 30 }, () => refused('invalid', { api_key_id: 'old', client_ip_prefix: '198.51.100.0/24' })),
    ...[1, 2].map(() => refused('revoked', { api_key_id: 'k-gone', client_ip_prefix: '192.0.2.0/24' })),
    ...Array.from({ length: 6 }, (_, n) =>
      attemptRow({ api_key_id: 'k-1', request_model: `m-${n}`, outcome: 'rejected', error_class: 'auth', auth_result: 'denied' }),
    ),
    attemptRow({ api_key_id: 'k-1', input_tokens: 100, output_tokens: 10 }),
    // Known callers of an office who may not use a model guess no key.
    ...Array.from({ length: 12 }, (_, n) =>
      refused('denied', { tenant_id: 'globex', api_key_id: `known-${n}`, client_ip_prefix: '203.0.114.0/24', request_model: 'm' }),
    ),
  ]
  await insertAttempts(clickhouse, rows)
  await settleWindows([WINDOW_MS], { clickhouse, prices: noPrices, now: () => WINDOW_MS + HOUR })
  const ask = async (scope: typeof operators | { isAll: boolean; tenants: string[]; seesVolumes: boolean }) =>
    await suspectsQuestion.ask(
      { fromMs: WINDOW_MS, toMs: WINDOW_MS + HOUR, nowMs: WINDOW_MS + HOUR, scope, parameters: {} },
      { clickhouse },
    )
  const answer = await ask(operators)
  const findings = answer.findings as SuspectFinding[]
  assert.deepEqual(
    findings.map(one => [one.kind, one.tenant_id, one.api_key_id, one.client_ip_prefix, one.attempts, one.value]),
    [
      ['guessing', 'unauthenticated', '', '203.0.113.0/24', 12, 12],
      ['enumeration', 'acme', 'k-1', '', 6, 6],
      ['barred key', 'unauthenticated', 'k-gone', '', 2, 2],
      ['wrong key', 'unauthenticated', '', '198.51.100.0/24', 30, 1],
    ],
  )
  assert.equal(answer.is_calm, false)
  for (const finding of findings) {
    const { from = '', to = '', tenant_id = '', ...filters } = Object.fromEntries(new URL(finding.requests, 'http://x').searchParams)
    const listed = await findRequests(
      {
        ...{ fromMs: Date.parse(from), toMs: Date.parse(to), scope: { isAll: false, tenants: [tenant_id], seesVolumes: true } },
        filters: Object.fromEntries(Object.entries(filters).map(([name, value]) => [name, [value]])),
        ...{ counted: 'attempt', limit: 100, after: undefined },
      },
      { clickhouse, prices: buildListPrices() },
    )
    const more = finding.kind === 'enumeration' ? 1 : 0
    assert.equal(listed.requests.length, finding.attempts + more, finding.requests)
  }
  const own = await ask({ isAll: false, tenants: ['acme'], seesVolumes: false })
  assert.deepEqual(
    (own.findings as SuspectFinding[]).map(one => one.kind),
    ['enumeration'],
  )
  const { is_calm, findings: none } = await ask({ isAll: false, tenants: ['stranger'], seesVolumes: false })
  assert.deepEqual([is_calm, none], [true, []])
})

suite('suspects, as a pure function', () => {
  const nothing: SuspectInputs = {
    ...{ places: [], placesBefore: [], thinDays: [], callerSlots: [], callers: [], settledHours: [] },
    ...{ settled: { untilMs: WINDOW_MS + HOUR, windows: 60 }, requests: 0 },
  }
  const asked = { fromMs: WINDOW_MS, toMs: WINDOW_MS + HOUR, leastAmount: 1 }
  const place = { at_ms: WINDOW_MS, client_ip_prefix: '192.0.2.0/24', tenants: ['unauthenticated'], attempts: 12, answered: 0 }

  test('without anything settled nobody can tell, and with nothing odd all is calm', () => {
    const blind = explainSuspects({ ...nothing, settled: { untilMs: null, windows: 0 } }, asked)
    assert.deepEqual([blind.confidence, blind.findings], ['cannot tell', []])
    const calm = explainSuspects(nothing, asked)
    assert.deepEqual([calm.is_calm, calm.findings], [true, []])
  })

  test('refusals without keys may be one client or many: medium; with one key it is a client of ours, and calm', () => {
    const nameless = explainSuspects({ ...nothing, places: [{ ...place, failures: 12, bad_keys: 0, nameless_failures: 12 }] }, asked)
    assert.deepEqual([nameless.findings[0]?.kind, nameless.findings[0]?.confidence], ['guessing', 'medium'])
    const one = explainSuspects({ ...nothing, places: [{ ...place, failures: 12, bad_keys: 1, nameless_failures: 0 }] }, asked)
    assert.deepEqual([one.findings[0]?.kind, one.is_calm], ['wrong key', true])
  })

  test('a network that is answered, and one that was always refused so often, guess nothing', () => {
    const slot = { ...place, failures: 12, bad_keys: 6, nameless_failures: 0 }
    assert.deepEqual(explainSuspects({ ...nothing, places: [{ ...slot, answered: 400 }] }, asked).findings, [])
    const many = explainSuspects({ ...nothing, places: [{ ...slot, answered: 400, bad_keys: 10 }] }, asked).findings
    assert.deepEqual([many[0]?.kind, many[0]?.confidence], ['guessing', 'medium'], 'ten keys among others that are answered')
    const often = { client_ip_prefix: place.client_ip_prefix, failures: 168 * 72, squares: 168 * 72 ** 2, hours: 168 }
    assert.deepEqual(explainSuspects({ ...nothing, places: [slot], placesBefore: [often] }, asked).findings, [])
    assert.equal(explainSuspects({ ...nothing, places: [slot] }, asked).findings.length, 1)
  })

  test('attacks on made-up weeks are found, hardly anything else is, and quiet keys stay quiet', () => {
    const scores = [1, 2].flatMap(seed => suspects.judge(seed)).filter(({ by }) => by === 'weir')
    const shareOf = (name: string) => {
      const of = scores.filter(({ score }) => score === name)
      return of.filter(({ isRight }) => isRight).length / of.length
    }
    assert.ok(shareOf('attack found') >= 0.9, `recall ${shareOf('attack found')}`)
    assert.ok(shareOf('alarm is an attack') >= 0.9, `precision ${shareOf('alarm is an attack')}`)
    assert.ok(shareOf('quiet key: no false alarm in two weeks') >= 0.9)
  })

  test('the first minute of a period is enough for a rule', () => {
    const slot = { at_ms: WINDOW_MS, tenant_id: 'acme', api_key_id: 'k', attempts: 1, answered: 0, revoked: 1, expired: 0 }
    const callerSlots = [{ ...slot, prefixes: 1, models: 0, refused_models: 0, refused_model_attempts: 0, guardrail_hits: 0 }]
    const [finding] = explainSuspects({ ...nothing, callerSlots }, asked).findings
    assert.deepEqual([finding?.kind, finding?.to], ['barred key', new Date(WINDOW_MS + 10 * MINUTE).toISOString().replace('.000', '')])
  })
})
