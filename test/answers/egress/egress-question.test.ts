import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Value } from 'typebox/value'
import type { AttemptRow } from '../../../schemas/attempt.ts'
import { answerSchema } from '../../../services/answers/answer.ts'
import type { EgressFinding } from '../../../services/answers/egress/egress-finding.ts'
import { readEgressPolicy } from '../../../services/answers/egress/egress-policy.ts'
import { egressQuestion } from '../../../services/answers/egress/egress-question.ts'
import { MINUTE } from '../../../services/platform/clock.ts'
import { settleWindows } from '../../../services/settle/settle-windows.ts'
import { openTestClickHouse } from '../../fakes/clickhouse-server.ts'
import { attemptRow, insertAttempts, noPrices } from '../../settle/attempt-rows.ts'

const FROM = Date.UTC(2026, 8, 1, 9)
const unreached = (error_detail: string): Partial<AttemptRow> => ({
  ...{ outcome: 'error', error_class: 'connect_or_reset', status_code: 503, error_detail, input_tokens: 0, output_tokens: 0 },
})

test('the question: what is not allowed with its tokens, why a provider cannot be reached, and what is left of limits', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  let n = 0
  const sent = (minute: number, facts: Partial<AttemptRow>) =>
    attemptRow({ request_id: `r${++n}`, started_at: FROM + minute * MINUTE + n, input_tokens: 10, output_tokens: 5, ...facts })
  const headers = (remaining: string) => ({ extra: `{"x-ratelimit-remaining-requests":${remaining},"x-ratelimit-limit-requests":"500"}` })
  await insertAttempts(clickhouse, [
    sent(0, { tenant_id: 'acme' }),
    sent(1, { tenant_id: 'globex' }),
    sent(3, { tenant_id: 'globex' }),
    // Refused by the gateway: it never left.
    sent(3, { tenant_id: 'globex', outcome: 'rejected', error_class: 'gateway_rejected' }),
    sent(2, unreached('upstream connect error: TLS_error: certificate verify failed')),
    sent(2, unreached('getaddrinfo ENOTFOUND api.openai.com')),
    sent(2, unreached('connection refused')),
    sent(2, unreached('upstream_reset_before_response_started{connection_termination}')),
    sent(2, unreached('')),
    sent(4, headers('"40"')),
    sent(4, headers('12')),
    sent(4, { provider: 'anthropic', extra: '{"response_headers":{"anthropic-ratelimit-tokens-remaining":"9000"}}' }),
  ])
  const windows = [0, 1, 2, 3, 4].map(minute => FROM + minute * MINUTE)
  await settleWindows(windows, { clickhouse, prices: noPrices, now: () => FROM + 10 * MINUTE })
  const egressPolicy = readEgressPolicy('allow:\n  - provider: openai\n    tenants: [acme]\n  - provider: anthropic\n', 'egress.yaml')
  const scope = { isAll: true, tenants: [], seesVolumes: true }
  const asked = { fromMs: FROM, toMs: FROM + 5 * MINUTE, nowMs: FROM + 6 * MINUTE, scope, parameters: {} }
  const answer = await egressQuestion.ask(asked, { clickhouse, egressPolicy })
  assert.ok(Value.Check(answerSchema(egressQuestion.finding), JSON.parse(JSON.stringify(answer))))
  const [breach, ...states] = answer.findings as EgressFinding[]
  assert.deepEqual(
    [breach?.state, breach?.attempts, breach?.breach?.tenant_id, breach?.breach?.reason, breach?.breach?.tokens],
    ['not allowed', 2, 'globex', 'provider not allowed', 30],
  )
  assert.deepEqual([breach?.breach?.first, breach?.breach?.last], ['2026-09-01T09:01:00Z', '2026-09-01T09:04:00Z'])
  assert.match(answer.sentence, /^globex sent to openai: policy does not allow it that provider \(2 attempts, 30 tokens, 0 USD from /)
  assert.equal(answer.is_calm, false)
  const openai = states.find(one => one.provider === 'openai')
  assert.deepEqual(
    openai?.unreached_by.map(one => [one.kind, one.attempts]),
    [
      ['dns', 1],
      ['not told', 1],
      ['refused', 1],
      ['reset', 1],
      ['tls', 1],
    ],
  )
  assert.deepEqual(openai?.headroom, [{ kind: 'requests', least: 12, latest: 12, limit: 500 }])
  assert.deepEqual(states.find(one => one.provider === 'anthropic')?.headroom, [{ kind: 'tokens', least: 9000, latest: 9000, limit: 0 }])
  const own = await egressQuestion.ask(
    { ...asked, scope: { isAll: false, tenants: ['acme'], seesVolumes: false } },
    { clickhouse, egressPolicy },
  )
  assert.ok(!JSON.stringify(own).includes('globex'), 'a tenant is told of its own traffic alone')
  assert.equal((await egressQuestion.ask(asked, { clickhouse })).findings.length, 2, 'without a file everything is allowed')
})
