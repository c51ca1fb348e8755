import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AttemptRow } from '../../schemas/attempt.ts'
import type { ClickHouse } from '../../services/platform/clickhouse/client.ts'
import { openPriceBookStore } from '../../services/settle/price-book-store.ts'
import { openTestClickHouse } from '../fakes/clickhouse-server.ts'
import { attemptRow, insertAttempts, WINDOW_MS } from './attempt-rows.ts'
import { settleWindow } from './settle-one.ts'

let clock = WINDOW_MS
const now = () => ++clock

async function settled(clickhouse: ClickHouse, rows: readonly AttemptRow[]): Promise<void> {
  const prices = await openPriceBookStore({}, { clickhouse })
  await insertAttempts(clickhouse, rows)
  await settleWindow(WINDOW_MS, { clickhouse, prices, now })
}

const refused = (auth_result: string, facts: Partial<AttemptRow> = {}) =>
  attemptRow({ tenant_id: 'unauthenticated', outcome: 'rejected', error_class: 'auth', auth_result, api_key_id: 'bad', ...facts })

test('who was refused and why stands by tenant, route, key and network; repeated rows count once', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const guess = refused('invalid', { client_ip_prefix: '192.0.2.0/24' })
  const repeats = [1, 2].map(n => ({ ...guess, offset: guess.offset + 1_000_000 + n }))
  const known = { api_key_id: 'k-1', client_ip_prefix: '198.51.100.0/24' }
  const denied = ['m-1', 'm-2', 'm-2'].map(request_model =>
    attemptRow({ ...known, outcome: 'rejected', error_class: 'auth', auth_result: 'denied', request_model }),
  )
  const answered = ['p-1', 'p-1', 'p-2'].map((prompt_hash, n) =>
    attemptRow({ ...known, prompt_hash, request_bytes: 1_000, input_tokens: 100, output_tokens: 200, is_sole_row: n > 0 }),
  )
  const retried = [1, 2].map(attempt_no =>
    attemptRow({ ...known, request_id: 'retried', attempt_no, outcome: attempt_no === 1 ? 'error' : 'ok', prompt_hash: 'p-3' }),
  )
  const blocked = attemptRow({ ...known, outcome: 'rejected', error_class: 'blocked_by_policy', guardrail: 'pii' })
  const rows = [guess, ...repeats, refused('revoked'), refused('a word of its own'), ...denied, ...answered, ...retried, blocked]
  await settled(clickhouse, rows)
  const found = await clickhouse.query(
    `SELECT tenant_id, api_key_id, client_ip_prefix, requests, attempts, answered_attempts, rejected_attempts, auth_failures,
       auth_failures_by_result, refused_model_attempts, blocked_by_policy, guardrail_hits, input_tokens, output_tokens,
       sized_attempts, ln_request_bytes_sum, ratio_attempts, ln_output_ratio_sum, prompted_attempts,
       finalizeAggregation(prompts) AS prompts, finalizeAggregation(models) AS models,
       finalizeAggregation(refused_models) AS refused_models
     FROM {database}.security_per_minute_current ORDER BY tenant_id, client_ip_prefix DESC`,
  )
  const none = {
    answered_attempts: 0,
    refused_model_attempts: 0,
    blocked_by_policy: 0,
    guardrail_hits: 0,
    input_tokens: 0,
    output_tokens: 0,
  }
  const unmeasured = { sized_attempts: 0, ln_request_bytes_sum: 0, ratio_attempts: 0, ln_output_ratio_sum: 0 }
  const ofBad = { tenant_id: 'unauthenticated', api_key_id: 'bad', ...none, ...unmeasured, prompted_attempts: 0, prompts: 0, models: 1 }
  assert.deepEqual(found, [
    {
      ...{ tenant_id: 'acme', ...known, requests: 8, attempts: 9, answered_attempts: 4, rejected_attempts: 4, auth_failures: 3 },
      ...{ auth_failures_by_result: { denied: 3 }, refused_model_attempts: 3, blocked_by_policy: 1, guardrail_hits: 1 },
      // ln 1,000 is 6.908 and ln 2 is 0.693, thrice.
      ...{ input_tokens: 300, output_tokens: 600, sized_attempts: 3, ln_request_bytes_sum: 20_724, ratio_attempts: 3 },
      ...{ ln_output_ratio_sum: 2_079, prompted_attempts: 4, prompts: 3, models: 3, refused_models: 2 },
    },
    {
      ...{ ...ofBad, client_ip_prefix: '192.0.2.0/24', requests: 1, attempts: 1, rejected_attempts: 1, auth_failures: 1 },
      ...{ auth_failures_by_result: { invalid: 1 }, refused_models: 0 },
    },
    {
      ...{ ...ofBad, client_ip_prefix: '', requests: 2, attempts: 2, rejected_attempts: 2, auth_failures: 2 },
      ...{ auth_failures_by_result: { other: 1, revoked: 1 }, refused_models: 0 },
    },
  ])
})

test('keys and networks without end are bounded: those refused keep their names before busy ones, and sums stay whole', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const keys = Array.from({ length: 1_000 }, (_, n) =>
    attemptRow({ api_key_id: `k-${n}`, client_ip_prefix: `10.0.${n % 250}.0/24`, input_tokens: 3, is_sole_row: true }),
  )
  const busy = keys.map(row => attemptRow({ api_key_id: row.api_key_id, client_ip_prefix: row.client_ip_prefix, is_sole_row: true }))
  const rare = attemptRow({ api_key_id: 'zz', outcome: 'rejected', error_class: 'auth', auth_result: 'denied', is_sole_row: true })
  await settled(clickhouse, [...keys, ...busy, rare])
  const rows = await clickhouse.query<{ api_key_id: string; attempts: number; input_tokens: number }>(
    'SELECT api_key_id, attempts, input_tokens FROM {database}.security_per_minute_current',
  )
  assert.ok(rows.length <= 1_000, String(rows.length))
  assert.equal(new Set(rows.map(row => row.api_key_id)).size, 201)
  assert.ok(rows.some(row => row.api_key_id === 'zz'))
  const sum = (name: 'attempts' | 'input_tokens') => rows.reduce((total, row) => total + row[name], 0)
  assert.deepEqual([sum('attempts'), sum('input_tokens')], [2_001, 3_000])
})
