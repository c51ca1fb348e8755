import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RolloutFinding } from '../../../services/answers/rollouts/rollout-finding.ts'
import { rolloutsQuestion } from '../../../services/answers/rollouts/rollouts-question.ts'
import { MINUTE, SECOND } from '../../../services/platform/clock.ts'
import { settleWindows } from '../../../services/settle/settle-windows.ts'
import { openTestClickHouse } from '../../fakes/clickhouse-server.ts'
import { attemptRow, insertAttempts, noPrices, WINDOW_MS } from '../../settle/attempt-rows.ts'

const MINUTES = 20
const AT = Array.from({ length: MINUTES }, (_, index) => WINDOW_MS + index * MINUTE)

/** A minute of a route: twelve requests begin at the old pool, four at the new one, of which one fails and is rescued by the old one. */
function minuteRows(atMs: number) {
  const of = (request_id: string, pool: string, attempt_no: number, facts = {}) =>
    attemptRow({
      ...{ request_id: `${atMs} ${request_id}`, attempt_no, started_at: atMs + (attempt_no - 1) * 2 * SECOND, duration_ms: 400 },
      ...{ upstream_kind: 'pool', provider: '', pool, ttft_ms: 100, output_tokens: 20, input_tokens: 50, ...facts },
    })
  const failed = { outcome: 'error', error_class: 'provider_error', status_code: 500, ttft_ms: null, output_tokens: 0 } as const
  return [
    ...Array.from({ length: 12 }, (_, n) => of(`old ${n}`, 'old', 1, { duration_ms: 380 + n })),
    ...Array.from({ length: 3 }, (_, n) => of(`new ${n}`, 'new', 1, { duration_ms: 380 + 4 * n })),
    of('rescued', 'new', 1, failed),
    of('rescued', 'old', 2),
  ]
}

test('what the new pool fails at stays with it though the old one rescues it, and a stranger sees nothing of it', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  await insertAttempts(clickhouse, AT.flatMap(minuteRows))
  await settleWindows(AT, { clickhouse, prices: noPrices, now: () => WINDOW_MS + 60 * MINUTE })
  const toMs = WINDOW_MS + MINUTES * MINUTE
  const ask = (scope: { isAll: boolean; tenants: readonly string[]; seesVolumes: boolean }) =>
    rolloutsQuestion.ask({ fromMs: WINDOW_MS, toMs, nowMs: toMs, scope, parameters: {} }, { clickhouse })
  const answer = await ask({ isAll: true, tenants: [], seesVolumes: true })
  const [finding] = answer.findings as RolloutFinding[]
  assert.deepEqual([finding?.stable, finding?.canary, finding?.state], ['old', 'new', 'worse'])
  assert.deepEqual([finding?.stable_requests, finding?.canary_requests, finding?.minutes], [12 * MINUTES, 4 * MINUTES, MINUTES])
  const of = (name: string) => finding?.measures.find(one => one.name === name)
  assert.deepEqual([of('errors')?.canary, of('errors')?.stable, of('errors')?.requests], [0.25, 0, 4 * MINUTES])
  // Three at 380, 384 and 388 ms and one that had waited 2 s for its 400 ms.
  const canary = Math.exp([380, 384, 388, 2_400].reduce((sum, ms) => sum + Math.log(ms) / 4, 0))
  assert.ok(Math.abs((of('duration')?.canary ?? 0) / canary - 1) < 0.001)
  assert.equal(of('cost')?.state, 'too little')
  assert.match(answer.sentence, /new \(25\.0 % of requests\) against old: first attempts that failed 25\.0 % against 0\.0 %/)
  assert.deepEqual((await ask({ isAll: false, tenants: ['stranger'], seesVolumes: false })).findings, [])
})
