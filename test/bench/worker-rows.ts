/**
 * What a line costs the worker: decode, cells, JSON text and insert into an embedded ClickHouse, one after the other.
 * Usage: node test/bench/worker-rows.ts [lines, default 200000]
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { attemptsRaw } from '../../schemas/tables.ts'
import { openClickHouse } from '../../services/platform/clickhouse/client.ts'
import { openEmbeddedClickHouse } from '../../services/platform/clickhouse/embedded.ts'
import { applyMigrations, readMigrations } from '../../services/platform/clickhouse/migrations.ts'
import type { LogRecord } from '../../services/platform/event-log/port.ts'
import { buildDecoder, type DecodedMessage } from '../../services/worker/decode/decode-message.ts'
import { buildGatherer } from '../../services/worker/gather.ts'

const LINES_PER_MESSAGE = 500
const MESSAGES_PER_BATCH = 40
const lines = Number(process.argv[2] ?? 200_000)
const startMs = Date.UTC(2026, 7, 20, 10)
const messages = Array.from({ length: Math.ceil(lines / LINES_PER_MESSAGE) }, (_, index) => messageOf(index))
const decode = buildDecoder({ logEpoch: 'bench', maxLineBytes: 256 * 1024 })

const directory = mkdtempSync(join(tmpdir(), 'weir-bench-'))
const spent = { decode: 0, cells: 0, stringify: 0, insert: 0 }
let rows = 0
let refused = 0
{
  await using server = await openEmbeddedClickHouse({ directory }, { logger: { warn: console.warn } })
  await using clickhouse = openClickHouse({ url: server.url, ...server.owner, database: 'weir' })
  await applyMigrations({ migrations: readMigrations(), isReplicated: false }, { clickhouse })
  const cpuBefore = process.cpuUsage()
  for (let first = 0; first < messages.length; first += MESSAGES_PER_BATCH) {
    const records = messages.slice(first, first + MESSAGES_PER_BATCH)
    const decoded = timed('decode', () => records.map(decode))
    const batch = await timedAsync('cells', () => gather(records, decoded))
    timed('stringify', () => batch.attempts.map(row => JSON.stringify(row)).join('\n').length)
    await timedAsync('insert', () => clickhouse.insert(attemptsRaw.name, attemptsRaw.columns, batch.attempts))
    rows += batch.attempts.length
    refused += batch.deadLetters.length
  }
  const cpu = process.cpuUsage(cpuBefore)
  console.log(`${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.version}`)
  console.log(
    `${rows} rows, ${refused} refused, ${((messages[0] as LogRecord).value.byteLength / LINES_PER_MESSAGE).toFixed(0)} bytes a line`,
  )
  for (const [step, ms] of Object.entries(spent)) console.log(`${step.padEnd(10)} ${((ms * 1000) / rows).toFixed(2)} µs a line`)
  // The insert makes the JSON text itself: that step is measured apart and must not be counted twice.
  const wallMs = spent.decode + spent.cells + spent.insert
  console.log(
    `decode + cells + insert: ${Math.round((rows * 1000) / wallMs)} lines/s; CPU of this process ` +
      `${((cpu.user + cpu.system) / rows).toFixed(2)} µs a line`,
  )
}
rmSync(directory, { recursive: true, force: true })

async function gather(records: readonly LogRecord[], decoded: readonly DecodedMessage[]) {
  const gatherer = buildGatherer({ maxRows: Number.POSITIVE_INFINITY, maxSizeBytes: Number.POSITIVE_INFINITY, maxAgeMs: 1e6 })
  for (const [index, record] of records.entries()) await gatherer.add(record, () => decoded[index] as DecodedMessage)
  gatherer.close()
  const batch = await gatherer.take()
  if (batch === undefined) throw new Error('no batch')
  return batch
}

function timed<T>(step: keyof typeof spent, run: () => T): T {
  const before = performance.now()
  const result = run()
  spent[step] += performance.now() - before
  return result
}

async function timedAsync<T>(step: keyof typeof spent, run: () => Promise<T>): Promise<T> {
  const before = performance.now()
  const result = await run()
  spent[step] += performance.now() - before
  return result
}

function messageOf(index: number): LogRecord {
  const text = Array.from({ length: LINES_PER_MESSAGE }, (_, line) => JSON.stringify(envoyLine(index * LINES_PER_MESSAGE + line))).join(
    '\n',
  )
  return {
    topic: 'weir.access-log.v1',
    partition: index % 8,
    offset: index >> 3,
    timestampMs: startMs + 600_000,
    key: undefined,
    value: Buffer.from(text),
    headers: {},
  }
}

function envoyLine(n: number): object {
  return {
    start_time: new Date(startMs + ((n * 7) % 300_000)).toISOString(),
    method: 'POST',
    'x-envoy-origin-path': '/v1/chat/completions',
    protocol: 'HTTP/1.1',
    response_code: n % 40 === 0 ? 429 : 200,
    response_flags: '-',
    response_code_details: 'via_upstream',
    connection_termination_details: null,
    upstream_transport_failure_reason: null,
    bytes_received: 800 + (n % 977),
    bytes_sent: 2_000 + (n % 5_003),
    duration: 500 + (n % 4_001),
    'x-envoy-upstream-service-time': String(200 + (n % 300)),
    'x-forwarded-for': `10.0.${n % 250}.17`,
    'user-agent': 'openai-python/2.3',
    'x-request-id': `request-${n}`,
    upstream_host: `10.8.1.${n % 16}:8000`,
    upstream_cluster: 'httproute/prod/chat/rule/0',
    route_name: 'httproute/prod/chat/rule/0/match/0/*',
    'x-tenant-id': `tenant-${n % 50}`,
    upstream_request_attempt_count: 1 + (n % 20 === 0 ? 1 : 0),
    upstream_hosts_attempted: `10.8.1.${n % 16}:8000`,
    'gen_ai.request.model': 'qwen3-32b',
    'gen_ai.response.model': 'Qwen/Qwen3-32B',
    'gen_ai.provider.name': 'prod/vllm-a/route/chat/rule/0/ref/0',
    'gen_ai.usage.input_tokens': 1_000 + (n % 3_001),
    'gen_ai.usage.cached_input_tokens': n % 800,
    'gen_ai.usage.cache_creation_input_tokens': 0,
    'gen_ai.usage.output_tokens': 50 + (n % 400),
    'gen_ai.usage.reasoning_tokens': 0,
    'gen_ai.usage.total_tokens': 1_050 + (n % 3_001) + (n % 400),
    token_latency_ttft: 100 + (n % 500),
    token_latency_itl: 7.4,
  }
}
