/**
 * What raw rows cost ClickHouse after their insert, in microseconds of CPU a row: merging them, in parts of the usual form and of ours; and
 * settling a minute, with all rows joined and with only those of requests that have several. Both ways in one run.
 * Usage: node test/bench/raw-rows.ts [rows, default 600000]; takes about two minutes. Linux.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { attemptsRaw } from '../../schemas/tables.ts'
import { type ClickHouse, openClickHouse } from '../../services/platform/clickhouse/client.ts'
import { openEmbeddedClickHouse } from '../../services/platform/clickhouse/embedded.ts'
import { applyMigrations, readMigrations } from '../../services/platform/clickhouse/migrations.ts'
import { delay, systemNow } from '../../services/platform/clock.ts'
import { openPriceBookStore } from '../../services/settle/price-book-store.ts'
import { settleWindows } from '../../services/settle/settle-windows.ts'
import { buildDecoder } from '../../services/worker/decode/decode-message.ts'
import { type Cells, cellsFrom } from '../../services/worker/raw-tables.ts'
import { buildLinePool, renewBody } from './spine/line-pool.ts'
import { type CpuSeconds, cpuBetween, cpuOf } from './spine/process-usage.ts'
import { tableOf } from './spine/results.ts'

const LINES_PER_BODY = 500
/** A body of 500 lines each 25 ms: 20,000 lines a second. */
const BODY_EVERY_MS = 25
const START_MS = Date.UTC(2026, 10, 20, 10)
const rows = Number(process.argv[2] ?? 600_000)
const pool = buildLinePool(LINES_PER_BODY)
const decode = buildDecoder({ logEpoch: 'bench', maxLineBytes: 256 * 1024 })
const directory = mkdtempSync(join(tmpdir(), 'weir-bench-'))
{
  await using server = await openEmbeddedClickHouse({ directory }, { logger: { warn: console.warn } })
  await using clickhouse = openClickHouse({ url: server.url, ...server.owner, database: 'weir' })
  await applyMigrations({ migrations: readMigrations(), isReplicated: false }, { clickhouse })
  const cpu = () => cpuOf(process.pid, server.pid() as number)
  console.log(`${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.version}, ${rows.toLocaleString('en-US')} rows\n`)
  const merging = []
  for (const [form, wideFrom] of [
    ['a file per column from 10 MB on', 10_485_760],
    ['one file up to 256 MB', 268_435_456],
  ] as const)
    for (const batchRows of [11_000, 30_000])
      merging.push({ parts: form, rows_per_insert: batchRows, ...(await mergeCost(clickhouse, cpu, { wideFrom, batchRows })) })
  console.log(`${tableOf(merging)}\n`)
  console.log(tableOf([await settleCost(clickhouse, cpu)]))
}
rmSync(directory, { recursive: true, force: true })

async function mergeCost(clickhouse: ClickHouse, cpu: () => CpuSeconds, config: { wideFrom: number; batchRows: number }) {
  await clickhouse.command('TRUNCATE TABLE {database}.attempts_raw')
  await clickhouse.command(`ALTER TABLE {database}.attempts_raw MODIFY SETTING min_bytes_for_wide_part = ${config.wideFrom}`)
  const before = cpu()
  let inserted = 0
  for (const batch of batchesOf(config.batchRows)) {
    await clickhouse.insert(attemptsRaw.name, attemptsRaw.columns, batch)
    inserted += batch.length
  }
  do await delay(1_000)
  while ((await clickhouse.query('SELECT 1 FROM system.merges')).length > 0)
  const spent = cpuBetween(before, cpu())
  return { insert_us: micros(spent.clickhouse_other, inserted), merges_us: micros(spent.clickhouse_merges, inserted) }
}

function* batchesOf(batchRows: number): Generator<Cells[]> {
  let batch: Cells[] = []
  for (let body = 0; body * LINES_PER_BODY < rows; body++) {
    const pooled = pool[body % pool.length]
    if (pooled === undefined) throw new Error('no lines')
    const timestampMs = START_MS + body * BODY_EVERY_MS
    const value = Buffer.from(renewBody(pooled, timestampMs, 1_000 + Math.floor(body / pool.length)))
    const record = { topic: 'weir.access-log.v1', partition: body % 8, offset: body >> 3, timestampMs, key: undefined, value }
    for (const row of decode({ ...record, headers: { source: pooled.source } }).attempts) batch.push(cellsFrom(attemptsRaw, row))
    if (batch.length < batchRows) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

/** Of the first minute, from raw rows to its publishing. */
async function settleCost(clickhouse: ClickHouse, cpu: () => CpuSeconds) {
  const prices = await openPriceBookStore({}, { clickhouse })
  const before = cpu()
  const { settled } = await settleWindows([START_MS], { clickhouse, prices, now: systemNow })
  const spent = cpuBetween(before, cpu())
  const attempts = settled[0]?.attempts ?? 0
  return { attempts, seconds: Math.round(spent.clickhouse_other * 100) / 100, us_per_attempt: micros(spent.clickhouse_other, attempts) }
}

function micros(seconds: number, count: number): number {
  return Math.round((seconds * 1e7) / Math.max(1, count)) / 10
}
