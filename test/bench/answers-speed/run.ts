/**
 * How long every question takes at its defaults, asked by an operator at the end of a day of 50 million requests of 500 tenants on 40 pools
 * and three providers: 5 million groups, the minutes, hours and days that the product makes of them, and the raw attempts of the last 75
 * minutes. Prints times, processor time and what is read. `npm run bench -- answers-speed [--hours
 * 24] [--times 5] [QUESTION …]`. Linux.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { readAuditFacts } from '../../../services/answers/audit/facts.ts'
import { questions } from '../../../services/answers/questions.ts'
import { type ClickHouse, openClickHouse } from '../../../services/platform/clickhouse/client.ts'
import { openEmbeddedClickHouse } from '../../../services/platform/clickhouse/embedded.ts'
import { applyMigrations, readMigrations } from '../../../services/platform/clickhouse/migrations.ts'
import { readQuery, readStatements } from '../../../services/platform/clickhouse/read-query.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../../../services/platform/clock.ts'
import { makeDays, makeHours } from '../../../services/settle/hours.ts'
import { rollupSql } from '../../../services/settle/settle-sql.ts'
import { cpuBetween, cpuOf } from '../spine/process-usage.ts'
import { tableOf } from '../spine/results.ts'

const START_MS = Date.UTC(2026, 7, 1)
const RAW_MINUTES = 75
const { values, positionals: wanted } = parseArgs({
  options: { hours: { type: 'string', default: '24' }, times: { type: 'string', default: '5' } },
  allowPositionals: true,
})
const hours = Number(values.hours)
const times = Number(values.times)
const END_MS = START_MS + hours * HOUR
const scope = { isAll: true, tenants: [], seesVolumes: true }
/** Tables that settling sums from groups; the first hour of each is made by its own statement. */
const summed = ['usage', 'latency', 'resilience', 'provider', 'charges'] as const

const directory = mkdtempSync(join(tmpdir(), 'weir-bench-answers-'))
try {
  await using server = await openEmbeddedClickHouse({ directory }, { logger: { warn: console.warn } })
  await using clickhouse = openClickHouse({ url: server.url, ...server.owner, database: 'weir' })
  await applyMigrations({ migrations: readMigrations(), isReplicated: false }, { clickhouse })
  const cpu = () => cpuOf(process.pid, server.pid() as number)
  const before = cpu()
  await fill(clickhouse)
  console.log(`${hours} hours, made in ${Math.round(cpuBetween(before, cpu()).clickhouse_other)} s of ClickHouse CPU\n`)
  const asks = [
    ...questions.map(({ name, defaultPeriodMs, ask }) => ({
      name,
      ask: () => ask({ fromMs: END_MS - defaultPeriodMs, toMs: END_MS, nowMs: END_MS, scope, parameters: {} }, { clickhouse }),
    })),
    { name: 'audit (a day)', ask: () => readAuditFacts({ fromMs: START_MS, toMs: END_MS, nowMs: END_MS }, { clickhouse }) },
  ].filter(({ name }) => wanted.length === 0 || wanted.includes(name))
  const rows = []
  for (const { name, ask } of asks) {
    const answer = await ask()
    const [readBefore, cpuBefore] = [await selected(clickhouse), cpu()]
    const took: number[] = []
    for (let n = 0; n < times; n++) {
      const startedMs = performance.now()
      await ask()
      took.push(performance.now() - startedMs)
    }
    const [read, spent] = [await selected(clickhouse), cpuBetween(cpuBefore, cpu())]
    took.sort((a, b) => a - b)
    const a = (value: number) => Math.round(value / times)
    rows.push({
      question: name,
      findings: 'findings' in answer ? answer.findings.length : '',
      ...{ rows_read: a(read.rows - readBefore.rows), mb_read: a((read.bytes - readBefore.bytes) / 1e6) },
      cpu_ms: a((spent.clickhouse_other + spent.node_main + spent.node_other) * SECOND),
      ...{ least_ms: Math.round(took[0] ?? 0), p50_ms: Math.round(took[Math.floor(took.length / 2)] ?? 0) },
    })
  }
  console.log(tableOf(rows))
} finally {
  rmSync(directory, { recursive: true, force: true })
}
process.exit()

/** Fills a day of minutes and has its hours and the day made. */
async function fill(clickhouse: ClickHouse): Promise<void> {
  const parameters = { start: START_MS / SECOND, hours, minutes: RAW_MINUTES }
  for (const sql of readStatements(import.meta.url, 'settled')) await clickhouse.command(sql, parameters)
  const windows = Array.from({ length: HOUR / MINUTE }, (_, minute) => (START_MS + minute * MINUTE) / SECOND)
  for (const name of summed) await clickhouse.command(rollupSql[name], { version: 1, windows })
  for (const table of ['attempt_groups', ...summed].map(name => `${name}_per_minute`)) {
    await clickhouse.command(readQuery(import.meta.url, 'repeated').replaceAll('{table}', table), parameters)
  }
  await clickhouse.command(readQuery(import.meta.url, 'raw'), parameters)
  const now = () => END_MS + DAY
  while ((await makeHours({}, { clickhouse, now })) > 0);
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
