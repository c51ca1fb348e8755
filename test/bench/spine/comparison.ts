/**
 * The same lines through the worker's own steps and through the shortest program that puts them into ClickHouse, one after the other on the
 * same machine: absolute figures move with the machine's other work, their ratio hardly does.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@clickhouse/client'
import { attemptsRaw } from '../../../schemas/tables.ts'
import { openClickHouse } from '../../../services/platform/clickhouse/client.ts'
import { openEmbeddedClickHouse } from '../../../services/platform/clickhouse/embedded.ts'
import { applyMigrations, readMigrations } from '../../../services/platform/clickhouse/migrations.ts'
import { buildDecoder } from '../../../services/worker/decode/decode-message.ts'
import { type Cells, cellsFrom } from '../../../services/worker/raw-tables.ts'
import { buildLinePool, renewBody } from './line-pool.ts'
import { cpuBetween, cpuOf } from './process-usage.ts'

/** What a line costs by one way; CPU in microseconds. */
export interface Way {
  way: string
  lines: number
  lines_per_s: number
  node_us: number
  clickhouse_us: number
}

const BATCH_LINES = 20_000
const PLAIN_FIELDS = [
  ['start_time', 'DateTime64(3)'],
  ['tenant.id', 'LowCardinality(String)'],
  ['x-request-id', 'String'],
  ['x-user-id', 'String'],
  ['route_name', 'LowCardinality(String)'],
  ['upstream_host', 'LowCardinality(String)'],
  ['gen_ai.request.model', 'LowCardinality(String)'],
  ['gen_ai.response.model', 'LowCardinality(String)'],
  ['response_code', 'UInt16'],
  ['response_flags', 'LowCardinality(String)'],
  ['duration', 'UInt32'],
  ['gen_ai.usage.input_tokens', 'UInt64'],
  ['gen_ai.usage.cached_input_tokens', 'UInt64'],
  ['gen_ai.usage.output_tokens', 'UInt64'],
] as const

/** Measures with `lines` Envoy lines each way. */
export async function compareWays(lines: number): Promise<Way[]> {
  const directory = mkdtempSync(join(tmpdir(), 'weir-bench-'))
  try {
    await using server = await openEmbeddedClickHouse({ directory }, { logger: { warn: console.warn } })
    await using clickhouse = openClickHouse({ url: server.url, ...server.owner, database: 'weir' })
    await applyMigrations({ migrations: readMigrations(), isReplicated: false }, { clickhouse })
    const columns = PLAIN_FIELDS.map(([name, type]) => `\`${name}\` ${type}`).join(', ')
    await clickhouse.command(`CREATE TABLE {database}.plain (${columns}) ENGINE = MergeTree ORDER BY (\`tenant.id\`, start_time)`)
    const batches = batchesOf(lines)
    const decode = buildDecoder({ logEpoch: 'bench', maxLineBytes: 256 * 1024 })
    const rowsOf = (batch: readonly Buffer[]): Cells[] =>
      batch.flatMap((value, offset) =>
        decode({
          topic: 'weir.access-log.v1',
          partition: 0,
          offset,
          timestampMs: Date.now(),
          key: undefined,
          value,
          headers: {},
        }).attempts.map(row => cellsFrom(attemptsRaw, row)),
      )
    const client = createClient({ url: server.url, ...server.owner })
    const measure = (way: string, run: (batch: readonly Buffer[]) => Promise<number>) => measured(way, batches, server.pid() as number, run)
    try {
      // A round that does not count: code is compiled, ClickHouse has its pages.
      for (const batch of batches.slice(0, 2)) await clickhouse.insert(attemptsRaw.name, attemptsRaw.columns, rowsOf(batch))
      return [
        await measure('worker: decode only', async batch => rowsOf(batch).length),
        await measure(`worker: decode, insert of ${attemptsRaw.columns.length} columns`, async batch => {
          const rows = rowsOf(batch)
          await clickhouse.insert(attemptsRaw.name, attemptsRaw.columns, rows)
          return rows.length
        }),
        await measure('the same rows as JSONCompactEachRow', async batch => {
          const rows = rowsOf(batch)
          await client.insert({
            table: `weir.${attemptsRaw.name}`,
            columns: attemptsRaw.columns as [string, ...string[]],
            values: rows,
            format: 'JSONCompactEachRow',
            clickhouse_settings: { async_insert: 0, wait_end_of_query: 1 },
          })
          return rows.length
        }),
        await measure(`plain: JSON.parse, JSONEachRow insert of ${PLAIN_FIELDS.length} columns`, async batch => {
          const rows = plainRows(batch)
          const settings = {
            date_time_input_format: 'best_effort',
            input_format_null_as_default: 1,
            async_insert: 0,
            wait_end_of_query: 1,
          } as const
          await client.insert({ table: 'weir.plain', values: rows, format: 'JSONEachRow', clickhouse_settings: settings })
          return rows.length
        }),
      ]
    } finally {
      await client.close()
    }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

async function measured(
  way: string,
  batches: readonly (readonly Buffer[])[],
  serverPid: number,
  run: (batch: readonly Buffer[]) => Promise<number>,
): Promise<Way> {
  const before = cpuOf(process.pid, serverPid)
  const startedMs = performance.now()
  let lines = 0
  for (const batch of batches) lines += await run(batch)
  const seconds = (performance.now() - startedMs) / 1000
  const spent = cpuBetween(before, cpuOf(process.pid, serverPid))
  return {
    way,
    lines,
    lines_per_s: Math.round(lines / seconds),
    node_us: round(((spent.node_main + spent.node_other) * 1e6) / lines),
    clickhouse_us: round(((spent.clickhouse_merges + spent.clickhouse_other) * 1e6) / lines),
  }
}

function plainRows(batch: readonly Buffer[]): Record<string, unknown>[] {
  const rows: Record<string, unknown>[] = []
  for (const value of batch) {
    for (const text of value.toString('utf8').split('\n')) {
      if (text === '') continue
      const line = JSON.parse(text) as Record<string, unknown>
      const row: Record<string, unknown> = {}
      for (const [name] of PLAIN_FIELDS) row[name] = line[name]
      rows.push(row)
    }
  }
  return rows
}

function batchesOf(lines: number): Buffer[][] {
  const pool = buildLinePool(500, ['edge'])
  const batches: Buffer[][] = []
  let current: Buffer[] = []
  let [inBatch, made] = [0, 0]
  for (let index = 0; made < lines && pool.length > 0; index++) {
    const body = pool[index % pool.length]
    if (body === undefined) break
    current.push(Buffer.from(renewBody(body, Date.now(), index)))
    inBatch += body.lines
    made += body.lines
    if (inBatch < BATCH_LINES && made < lines) continue
    batches.push(current)
    current = []
    inBatch = 0
  }
  return batches
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
