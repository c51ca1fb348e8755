import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pino } from 'pino'
import { topics } from '../../schemas/topics.ts'
import { publishHours } from '../../services/charge/publish-hours.ts'
import { poolsCommand } from '../../services/cli/pools/pools-command.ts'
import { readBudgets } from '../../services/money/budgets/read-budgets.ts'
import { formatDecimal } from '../../services/money/decimal.ts'
import { buildDrafts } from '../../services/money/statements/build-drafts.ts'
import { liveSource } from '../../services/money/statements/live-source.ts'
import { planTerms, readTerms, storeTerms } from '../../services/money/terms/terms-store.ts'
import { delay, HOUR, MINUTE } from '../../services/platform/clock.ts'
import { buildProgress } from '../../services/platform/health.ts'
import { buildMetrics } from '../../services/platform/metrics.ts'
import { runTool } from '../cli/run-tool.ts'
import { openTestClickHouse, type TestClickHouse } from '../fakes/clickhouse-server.ts'
import { buildInMemoryEventLog } from '../fakes/in-memory-event-log.ts'
import { insertMinutes } from '../money/pools/settled-minutes.ts'

const START_MS = Date.UTC(2026, 10, 1)
const TERMS = `pools:
  - pool: llama
    gpu_count: scheduled
    idle: kept
    rates:
      - { id: r, purchase: reserved, per_gpu_hour: 2.1, currency: USD, gpus: 8, valid_from: 2026-11-01 }
budgets:
  - { id: all, scope: {}, amount: 100000, currency: USD, period: month }
`

/** What is published until `nowMs`. */
async function publish(clickhouse: TestClickHouse['clickhouse'], nowMs: number): Promise<void> {
  const controller = new AbortController()
  const now = () => nowMs
  const deps = {
    ...{ clickhouse, now, eventLog: buildInMemoryEventLog({ topics }), logger: pino({ level: 'silent' }) },
    ...{ metrics: buildMetrics('charge'), progress: buildProgress(now, { stalledAfterMs: MINUTE }) },
  }
  const ended = publishHours({ intervalMs: 10 }, deps, controller.signal)
  await delay(100)
  controller.abort()
  await ended
}

test('a scheduled pool that nobody reads costs the same in draft, command, budget and published hours, used or not', async t => {
  const database = await openTestClickHouse(t)
  const { clickhouse } = database
  const plan = await planTerms(TERMS, 'terms.yaml', START_MS, clickhouse)
  await storeTerms(TERMS, plan, { kind: 'import', imported_by: 'test', reason: '', source: 'terms.yaml' }, clickhouse)
  const answers = async (nowMs: number) => {
    await publish(clickhouse, nowMs)
    const [draft] = await buildDrafts({ month: '2026-11', corrected: [] }, await liveSource(clickhouse, { draftAtMs: nowMs }))
    const { out } = await runTool(poolsCommand, ['costs', '--from', new Date(START_MS).toISOString(), '--format', 'json'], database, {
      nowMs,
    })
    const [pool] = (JSON.parse(out) as { pools: Record<string, string>[] }).pools
    const [published] = await clickhouse.query<{ cost: string; until: number }>(
      'SELECT toString(sum(cost)) AS cost, toUnixTimestamp(max(period_end)) AS until FROM {database}.gpu_pool_use_per_hour_current',
    )
    const [budget] = await readBudgets(await readTerms(clickhouse), { nowMs }, { clickhouse })
    return {
      costs: [formatDecimal(draft?.precise_total ?? 0n), pool?.['cost'], published?.cost, formatDecimal(budget?.status?.spent ?? 0n)],
      untils: [draft?.as_of_ms, Date.parse(pool?.['to'] ?? ''), (published?.until ?? 0) * 1000],
    }
  }
  const agree = (told: Awaited<ReturnType<typeof answers>>, cost: string, untilMs: number) => {
    assert.deepEqual(told.costs, Array(4).fill(cost))
    assert.deepEqual(told.untils, Array(3).fill(untilMs))
  }
  // 8 × 2.10 an hour. No line was ever received: hours that are over cost all the same.
  agree(await answers(START_MS + 50 * HOUR + 20 * MINUTE), '840', START_MS + 50 * HOUR)
  // A minute of the hour that runs is settled; three hours without a line; a minute again.
  await insertMinutes(clickhouse, [{ pool: 'other', at_ms: START_MS + 50 * HOUR + 29 * MINUTE }], [])
  agree(await answers(START_MS + 50 * HOUR + 40 * MINUTE), '848.4', START_MS + 50 * HOUR + 30 * MINUTE)
  agree(await answers(START_MS + 53 * HOUR + 5 * MINUTE), '890.4', START_MS + 53 * HOUR)
})
