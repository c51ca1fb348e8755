/**
 * How long closing a month takes: `node test/bench/close.ts [--requests 100000000] [--tenants 40]`. Settled minutes of a month of so many
 * requests are generated in ClickHouse, then every tenant is closed by the product's own code, on an embedded server that was started for
 * it. Beside it the same sums are taken from a table with a row per request, which is what there is without settled minutes. Prints time
 * and the peak memory of this process and the server together.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openAsOfDatabase } from '../../services/cli/statements/as-of-database.ts'
import { formatDecimal } from '../../services/money/decimal.ts'
import { closeStatements } from '../../services/money/statements/close.ts'
import { readFacts } from '../../services/money/statements/read-facts.ts'
import type { Terms } from '../../services/money/terms/terms.ts'
import { type ClickHouse, openClickHouse } from '../../services/platform/clickhouse/client.ts'
import { type EmbeddedClickHouse, openEmbeddedClickHouse } from '../../services/platform/clickhouse/embedded.ts'
import { applyMigrations, readMigrations } from '../../services/platform/clickhouse/migrations.ts'

const { values } = parseArgs({
  options: { requests: { type: 'string', default: '100000000' }, tenants: { type: 'string', default: '40' } },
})
const [requests, tenants] = [Number(values.requests), Number(values.tenants)]
const [FROM_S, MINUTES] = [Date.UTC(2026, 9, 1) / 1000, 31 * 24 * 60]
const NOW_MS = Date.UTC(2026, 10, 5)
const MODELS = 3
const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata']

const terms: Terms = {
  version: 1,
  issuer: 'bench',
  currency: 'USD',
  time_zone: 'UTC',
  exchange_rates: [],
  tenants: Array.from({ length: tenants }, (_, index) => {
    const id = `tenant-${index}`
    return {
      id,
      name: id,
      currency: 'USD',
      time_zone: zones[index % zones.length] as string,
      team: '',
      cost_centre: '',
      gl_code: '',
      tags: {},
      rate_card: '',
    }
  }),
  rate_cards: [],
  pools: [],
  shared_costs: [],
  budgets: [],
}

const directory = mkdtempSync(join(tmpdir(), 'weir-close-bench-'))
try {
  await withServer(generate)
  const closing = await withServer(closeAll)
  const flat = await withServer(sumPerRequest)
  console.log(
    `| requests | tenants | minute rows | cores | load before | closing all s | peak MB | one row a request: sums only s | its peak MB ` +
      `|\n|--:|--:|--:|--:|--:|--:|--:|--:|--:|`,
  )
  console.log(
    `| ${requests.toLocaleString('en-US')} | ${tenants} | ${closing.rows.toLocaleString('en-US')} | ${availableParallelism()} | ` +
      `${closing.load} | ${closing.seconds} | ${closing.peakMb} | ${flat.seconds} | ${flat.peakMb} |`,
  )
  console.log(`Payable of all: ${closing.payable} USD; by rows of requests: ${flat.payable} USD`)
} finally {
  rmSync(directory, { recursive: true, force: true })
}

async function withServer<T>(run: (clickhouse: ClickHouse, server: EmbeddedClickHouse) => Promise<T>): Promise<T> {
  await using server = await openEmbeddedClickHouse({ directory }, { logger: { warn: (_fields, message) => console.error(message) } })
  await using clickhouse = openClickHouse({ url: server.url, ...server.owner, database: 'weir', requestTimeoutMs: 1_800_000 })
  return await run(clickhouse, server)
}

/** Every minute has the same number of requests for each tenant and model; each asks 1,000 tokens and is answered 200. */
async function generate(clickhouse: ClickHouse): Promise<void> {
  await applyMigrations({ migrations: readMigrations(), isReplicated: false }, { clickhouse })
  const per = Math.max(1, Math.round(requests / (MINUTES * tenants * MODELS)))
  const parameters = { from: FROM_S, minutes: MINUTES, tenants, models: MODELS, per }
  const settings = { max_partitions_per_insert_block: '0', max_threads: 2, max_execution_time: 1_800 }
  const run = (sql: string) => clickhouse.command(sql, parameters, settings)
  const keys = `toDateTime({from:UInt32} + intDiv(number, {tenants:UInt32} * {models:UInt32}) * 60, 'UTC') AS window_start,
    concat('tenant-', toString(number % {tenants:UInt32})) AS tenant_id, concat('model-', toString(intDiv(number,
      {tenants:UInt32}) % {models:UInt32})) AS model`
  console.error('generating settled minutes')
  await run(`INSERT INTO {database}.settled_windows (window_start, settle_version, price_version, raw_rows, requests, attempts, settled_at)
    SELECT toDateTime({from:UInt32} + number * 60, 'UTC'), 1, 1, 0, {per:UInt64} * {tenants:UInt64} * {models:UInt64},
      {per:UInt64} * {tenants:UInt64} * {models:UInt64}, now64(3) FROM numbers({minutes:UInt64})`)
  await run(`INSERT INTO {database}.usage_per_minute (window_start, settle_version, tenant_id, route, request_model, response_model,
    upstream_kind, upstream, currency, requests, attempts)
    SELECT window_start, 1, tenant_id, 'chat', model, model, 'provider', 'openai', 'USD', {per:UInt64}, {per:UInt64}
      FROM (SELECT ${keys} FROM numbers({minutes:UInt64} * {tenants:UInt64} * {models:UInt64}))`)
  await run(`INSERT INTO {database}.charges_per_minute (window_start, settle_version, tenant_id, route, request_model, response_model,
    upstream_kind, upstream, price_key, price_version, token_kind, currency, unit_price, quantity, attempts)
    SELECT window_start, 1, tenant_id, 'chat', model, model, 'provider', 'openai', model, 1, kind.1, 'USD', toDecimal128(kind.2, 18),
      kind.3 * {per:UInt64}, {per:UInt64}
    FROM (SELECT ${keys} FROM numbers({minutes:UInt64} * {tenants:UInt64} * {models:UInt64})) ARRAY JOIN [('input', '0.0000025', 1000),
      ('output', '0.00001', 200)] AS kind`)
  console.error('generating a table with a row per request')
  await run(
    `CREATE TABLE {database}.requests_flat (at DateTime('UTC'), tenant_id LowCardinality(String), model LowCardinality(String), input ` +
      `UInt32, output UInt32, input_price Decimal(38, 18), output_price Decimal(38, 18)) ENGINE = MergeTree ORDER BY (tenant_id, at)`,
  )
  await run(`INSERT INTO {database}.requests_flat SELECT window_start, tenant_id, model, 1000, 200, toDecimal128('0.0000025', 18),
    toDecimal128('0.00001', 18)
    FROM (SELECT ${keys} FROM numbers({minutes:UInt64} * {tenants:UInt64} * {models:UInt64})) ARRAY JOIN range({per:UInt64}) AS one`)
}

async function closeAll(clickhouse: ClickHouse, server: EmbeddedClickHouse) {
  const [row] = await clickhouse.query<{ rows: number }>('SELECT count() AS rows FROM {database}.charges_per_minute')
  const load = (loadavg()[0] ?? 0).toFixed(1)
  const config = {
    month: '2026-10',
    tenants: terms.tenants.map(({ id }) => id),
    closedBy: 'bench',
    minCompleteness: 0.999,
    allowEarlierOpen: true,
    takeOver: false,
    waitMs: 0,
  }
  const now = () => NOW_MS
  const measured = await measure(server, async () => {
    const openAsOf = (priceVersion: number) => openAsOfDatabase({ priceVersion }, { live: clickhouse, now })
    const outcomes = await closeStatements(config, {
      clickhouse,
      terms,
      price_version: 1,
      readFacts,
      openAsOf,
      now,
      note: text => console.error(text),
    })
    return outcomes.reduce((sum, outcome) => {
      if (outcome.error) throw outcome.error
      return sum + outcome.statement.payable
    }, 0n)
  })
  return { ...measured, payable: formatDecimal(measured.result), rows: row?.rows ?? 0, load }
}

async function sumPerRequest(clickhouse: ClickHouse, server: EmbeddedClickHouse) {
  const measured = await measure(server, async () => {
    const sums = await clickhouse.query<{ cost: string }>(
      `SELECT tenant_id, model, toDate(at) AS day, input_price, output_price, sum(input) AS inputs, sum(output) AS outputs,
        toString(sum(input * input_price) + sum(output * output_price)) AS cost
       FROM {database}.requests_flat GROUP BY tenant_id, model, day, input_price, output_price`,
    )
    return sums.reduce((sum, row) => sum + BigInt(Math.round(Number(row.cost) * 100)), 0n)
  })
  return { ...measured, payable: (Number(measured.result) / 100).toFixed(2) }
}

async function measure<T>(server: EmbeddedClickHouse, run: () => Promise<T>): Promise<{ seconds: string; peakMb: number; result: T }> {
  let peakKb = 0
  const look = () => {
    peakKb = Math.max(peakKb, residentKb(process.pid) + residentKb(server.pid()))
  }
  const timer = setInterval(look, 50)
  const startedMs = performance.now()
  const result = await run()
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1)
  clearInterval(timer)
  look()
  return { seconds, peakMb: Math.round(peakKb / 1024), result }
}

function residentKb(pid: number | undefined): number {
  if (pid === undefined) return 0
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
}
