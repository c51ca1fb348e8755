/**
 * How long panels over three months take: 500 tenants on 40 pools and three providers, 36,000 rows of usage and of latency a day at hour
 * level, days made of them by the product. Prints rows read, bytes read and times of each question of the API, completeness included, and
 * of each panel of the boards.
 * `npm run bench -- panels [days, default 90] [times, default 15]`. Linux.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { panels as boardPanels } from '../../../dashboards/panels.ts'
import { type HourlyName, hourlyColumns, hourlyTables } from '../../../schemas/levels/hourly.ts'
import { buildApi } from '../../../services/api/app.ts'
import { type ClickHouse, openClickHouse } from '../../../services/platform/clickhouse/client.ts'
import { openEmbeddedClickHouse } from '../../../services/platform/clickhouse/embedded.ts'
import { applyMigrations, readMigrations } from '../../../services/platform/clickhouse/migrations.ts'
import { readQuery, readStatements } from '../../../services/platform/clickhouse/read-query.ts'
import { DAY, SECOND } from '../../../services/platform/clock.ts'
import { buildProgress } from '../../../services/platform/health.ts'
import { buildLogger } from '../../../services/platform/log.ts'
import { buildMetrics } from '../../../services/platform/metrics.ts'
import { makeDays } from '../../../services/settle/hours.ts'
import { cpuBetween, cpuOf } from '../spine/process-usage.ts'
import { tableOf } from '../spine/results.ts'

const START_MS = Date.UTC(2026, 7, 1)
const days = Number(process.argv[2] ?? 90)
const times = Number(process.argv[3] ?? 15)
const END_MS = START_MS + days * DAY
const now = () => END_MS + DAY
const iso = (ms: number) => new Date(ms).toISOString()
const range = `from=${iso(START_MS)}&to=${iso(END_MS)}`
/** The same months as people in Kolkata count them: half hours are cut off at both ends. */
const kolkata = `from=${iso(START_MS + 18.5 * 3_600_000)}&to=${iso(END_MS - 5.5 * 3_600_000)}`
const week = `from=${iso(END_MS - 7 * DAY)}&to=${iso(END_MS)}`

/** Every panel of the boards over the last 30 days and over all. */
const month = `from=${iso(Math.max(START_MS, END_MS - 30 * DAY))}&to=${iso(END_MS)}`
const ofBoards = boardPanels.flatMap(({ name }) => [
  [`${name}, month`, `/v1/panels/${name}?${month}`],
  [`${name}, all`, `/v1/panels/${name}?${range}`],
])
const panels: Readonly<Record<string, string>> = {
  'usage by day': `/v1/usage?${range}&step=1d&group_by=none`,
  'usage by tenant': `/v1/usage?${range}&group_by=tenant_id`,
  'usage by route and day': `/v1/usage?${range}&step=1d&group_by=route`,
  'usage of a tenant by day': `/v1/usage?${range}&step=1d&group_by=request_model&tenant_id=tenant-7`,
  'usage by tenant, other zone': `/v1/usage?${kolkata}&group_by=tenant_id`,
  'usage by hour of a week': `/v1/usage?${week}&step=1h&group_by=none`,
  'charges by tenant': `/v1/charges?${range}&group_by=tenant_id`,
  'latency by model': `/v1/latency?${range}&group_by=request_model`,
  'latency by model and day': `/v1/latency?${range}&step=1d&group_by=request_model`,
  'latency of a tenant by day': `/v1/latency?${range}&step=1d&group_by=none&tenant_id=tenant-7`,
  'saturation by pool': `/v1/saturation?${range}&group_by=pool`,
  'saturation by pool and day': `/v1/saturation?${range}&step=1d&group_by=pool`,
  'resilience by route and day': `/v1/resilience?${range}&step=1d&group_by=route`,
  'providers by day': `/v1/providers?${range}&step=1d&group_by=provider`,
  ...Object.fromEntries(ofBoards),
}

const directory = mkdtempSync(join(tmpdir(), 'weir-bench-panels-'))
try {
  await using server = await openEmbeddedClickHouse({ directory }, { logger: { warn: console.warn } })
  await using clickhouse = openClickHouse({ url: server.url, ...server.owner, database: 'weir' })
  await applyMigrations({ migrations: readMigrations(), isReplicated: false }, { clickhouse })
  const cpu = () => cpuOf(process.pid, server.pid() as number)
  const before = cpu()
  await fill(clickhouse)
  console.log(`${days} days, made in ${Math.round(cpuBetween(before, cpu()).clickhouse_other)} s of ClickHouse CPU\n`)
  const app = buildApi(
    { queryTimeoutMs: 30_000, requestsAtOnce: 100, requestsOfTokenAtOnce: 100 },
    {
      ...{ clickhouse, tokens: undefined, now },
      openEventLog: () => Promise.reject(new Error('panels only read')),
      logger: buildLogger({ service: 'api', level: 'silent' }),
      metrics: buildMetrics('api'),
      progress: buildProgress(now, { stalledAfterMs: 60_000 }),
    },
  )
  const rows = []
  for (const [panel, url] of Object.entries(panels)) {
    const ask = async () => {
      const { statusCode, body } = await app.inject({ method: 'GET', url, headers: { host: 'localhost' } })
      if (statusCode !== 200) throw new Error(`${url}: ${body}`)
      return (JSON.parse(body) as { rows: unknown[] }).rows.length
    }
    const given = await ask()
    const [readBefore, cpuBefore] = [await selected(clickhouse), cpu()]
    const took: number[] = []
    for (let n = 0; n < times; n++) {
      const startedMs = performance.now()
      await ask()
      took.push(performance.now() - startedMs)
    }
    const [read, spent] = [await selected(clickhouse), cpuBetween(cpuBefore, cpu())]
    took.sort((a, b) => a - b)
    const at = (share: number) => took[Math.min(took.length - 1, Math.floor(share * took.length))] ?? Number.NaN
    const a = (value: number) => Math.round(value / times)
    rows.push({
      ...{ panel, rows: given, rows_read: a(read.rows - readBefore.rows), mb_read: a((read.bytes - readBefore.bytes) / 1e6) },
      cpu_ms: a((spent.clickhouse_other + spent.node_main + spent.node_other) * SECOND),
      ...{ p50_ms: Math.round(at(0.5)), p95_ms: Math.round(at(0.95)) },
    })
  }
  console.log(tableOf(rows))
  await app.close()
} finally {
  rmSync(directory, { recursive: true, force: true })
}
process.exit()

/** Fills the tables of hours and has the days made. */
async function fill(clickhouse: ClickHouse): Promise<void> {
  const parameters = { start: START_MS / SECOND, days }
  for (const sql of readStatements(import.meta.url, 'settled')) await clickhouse.command(sql, parameters)
  for (const name of Object.keys(hourlyTables) as HourlyName[]) {
    const columns = ['hour_start', 'hour_version', ...hourlyColumns(name)]
    const moved = columns.map(column => (/^(hour_start|last_window)$/.test(column) ? `t.${column} + day * 86400` : `t.${column}`))
    const sql = readQuery(import.meta.url, 'repeated').replaceAll('{table}', `${name}_per_hour`)
    await clickhouse.command(sql.replace('{columns}', columns.join(', ')).replace('{moved}', moved.join(', ')), parameters)
  }
  while ((await makeDays({ clickhouse, now })) > 0);
}

/** Rows and bytes that ClickHouse has read from tables so far. */
async function selected(clickhouse: ClickHouse): Promise<{ rows: number; bytes: number }> {
  const events = await clickhouse.query<{ event: string; value: string }>(
    "SELECT event, toString(value) AS value FROM system.events WHERE event IN ('SelectedRows', 'SelectedBytes')",
  )
  const of = (name: string) => Number(events.find(({ event }) => event === name)?.value ?? 0)
  return { rows: of('SelectedRows'), bytes: of('SelectedBytes') }
}
