/**
 * The executable tour: lines of all four dialects and scrapes of two pools go over HTTP to ingest, through a real Kafka, worker and settle
 * into a real ClickHouse, each service a process of its own, and are read back over HTTP. The same input is sent twice. Every figure equals
 * the simulator's truth.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { type EmbeddedClickHouse, openEmbeddedClickHouse } from '../../services/platform/clickhouse/embedded.ts'
import type { LocalKafka } from '../../services/platform/event-log/local-kafka.ts'
import { openEventLog } from '../../services/platform/event-log/open.ts'
import { addTokens } from '../../services/platform/tokens-file.ts'
import { environmentOf } from '../fakes/clickhouse-server.ts'
import { untilDrained } from '../invariants/drained.ts'
import { openProcesses, type Processes } from '../invariants/processes.ts'
import { openTestKafka, skipWithoutJava } from '../platform/event-log/kafka-broker.ts'
import {
  costsFrom,
  expectedCosts,
  expectedPools,
  expectedResilience,
  expectedUsage,
  resilienceFrom,
  usageFrom,
} from './expected-figures.ts'
import { type ApiAnswer, readApi, send } from './http.ts'
import { type SimulatedTraffic, simulateTraffic } from './simulated-traffic.ts'

const SEED = 20260
const MINUTES = 10
const DRAINED_WITHIN_MS = 120_000

describe('lines of four dialects through Kafka', { skip: await skipWithoutJava() }, () => {
  const directory = mkdtempSync(join(tmpdir(), 'weir-journey-'))
  const traffic = simulateTraffic({ seed: SEED, minutes: MINUTES, nowMs: Date.now() })
  const sources = ['edge', 'litellm', 'kong', 'weir']
  let kafka: LocalKafka
  let clickhouse: EmbeddedClickHouse
  let processes: Processes
  let operatorToken: string
  let sentLines = 0

  before(async () => {
    kafka = await openTestKafka()
    clickhouse = await openEmbeddedClickHouse({ directory: join(directory, 'clickhouse') }, { logger: { warn: () => undefined } })
    const tokensFile = join(directory, 'tokens.json')
    const senders = sources.map(source => ({ name: source, role: 'sender' as const, source }))
    const [operator = '', ...senderTokens] = await addTokens(tokensFile, [{ name: 'reader', role: 'operator' }, ...senders], {
      now: Date.now,
    })
    operatorToken = operator
    processes = openProcesses({
      WEIR_LOG: 'kafka',
      KAFKA_BROKERS: kafka.brokers.join(','),
      ...environmentOf(clickhouse),
      WEIR_TOKENS_FILE: tokensFile,
    })
    await processes.migrate()
    for (const service of ['ingest', 'worker', 'settle', 'api'] as const) processes.start(service)
    const ingest = await processes.address('ingest')
    const tokenOf = new Map(sources.map((source, index) => [source, senderTokens[index] as string]))
    sentLines = (await sendAsLines(ingest, traffic, tokenOf)) + (await sendAsArrays(ingest, traffic, tokenOf))
    await using eventLog = await openEventLog({ kind: 'kafka', brokers: kafka.brokers, epoch: '1' }, { now: Date.now })
    await untilDrained(eventLog, DRAINED_WITHIN_MS, processes.lastWords)
  })

  after(async () => {
    await processes?.[Symbol.asyncDispose]()
    await clickhouse?.[Symbol.asyncDispose]()
    await kafka?.[Symbol.asyncDispose]()
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 })
  })

  const read = async (path: string, groupBy?: string) =>
    await readApi<ApiAnswer>(
      await processes.address('api'),
      path,
      { ...period(traffic), ...(groupBy !== undefined && { group_by: groupBy, limit: '10000' }) },
      operatorToken,
    )

  test('the input has retries, fallbacks, timeouts, cancelled and rejected requests, cache hits and an engine restart', () => {
    const { requests } = traffic
    assert.ok(requests.length > 3_000)
    for (const dialect of ['canonical', 'envoy', 'kong', 'litellm'])
      assert.ok(requests.filter(request => request.dialect === dialect).length > 200)
    assert.ok(requests.some(request => request.attempts.some(attempt => attempt.is_retry)))
    assert.ok(requests.some(request => request.attempts.some(attempt => attempt.is_fallback)))
    assert.ok(requests.some(request => request.attempts.some(attempt => attempt.error_class === 'timeout')))
    assert.ok(requests.some(request => request.outcome === 'cancelled'))
    assert.ok(requests.some(request => request.outcome === 'rejected'))
    assert.ok(requests.some(request => request.response_cache === 'hit'))
  })

  test('/v1/usage equals the truth per tenant, route and model: requests, attempts, tokens by kind', async () => {
    const { rows } = await read('/v1/usage', 'tenant_id,route,request_model')
    assert.deepEqual(usageFrom(rows), expectedUsage(traffic.requests))
  })

  test('the list cost of every provider equals tokens times prices to the last decimal', async () => {
    const { rows } = await read('/v1/usage', 'tenant_id,route,upstream_kind,upstream')
    const expected = expectedCosts(traffic.requests)
    assert.ok(Object.values(expected).filter(cost => cost > 0n).length >= 6)
    assert.deepEqual(costsFrom(rows), expected)
  })

  test('/v1/resilience equals the truth per tenant: amplification and retried requests', async () => {
    const { rows } = await read('/v1/resilience', 'tenant_id')
    assert.deepEqual(resilienceFrom(rows), expectedResilience(traffic.requests))
  })

  test('/v1/saturation shows both pools with what was running and waiting in them', async () => {
    const { rows } = await read('/v1/saturation', 'pool')
    const expected = expectedPools(traffic.readings)
    assert.deepEqual(
      rows.map(row => row['pool']),
      Object.keys(expected),
    )
    for (const row of rows) {
      const figures = expected[String(row['pool'])] ?? {}
      for (const name of ['samples', 'running_max', 'waiting_max']) assert.equal(row[name], figures[name], `${row['pool']} ${name}`)
      // Means: sums of floats in another order may differ in the last digits.
      for (const name of ['running', 'waiting'])
        assert.ok(
          Math.abs((row[name] as number) - (figures[name] as number)) < 1e-6,
          `${row['pool']} ${name}: ${row[name]}, ${figures[name]}`,
        )
    }
  })

  test('/v1/completeness: every line is accounted for, the second sending is all duplicates, and the books balance', async () => {
    const answer = await readApi<Completeness>(
      await processes.address('api'),
      '/v1/completeness',
      { from: period(traffic).from, to: new Date(Date.now() + 60_000).toISOString() },
      operatorToken,
    )
    assert.equal(sentLines, 2 * traffic.lines.length)
    assert.equal(answer.lines, sentLines)
    assert.equal(answer.dead_letters, 0)
    assert.equal(answer.conflicts, 0)
    assert.equal(answer.unsettled_windows, 0)
    assert.equal(answer.duplicates, answer.attempts)
    assert.equal(answer.attempts_rows, answer.attempts + answer.duplicates)
    const lines = answer.balance.filter(partition => partition.topic === 'weir.access-log.v1')
    assert.ok(lines.length > 1, 'several partitions carried the lines')
    assert.equal(
      lines.reduce((sum, partition) => sum + partition.lines, 0),
      sentLines,
    )
    for (const partition of answer.balance) assert.ok(partition.is_balanced && partition.rows_ahead === 0, JSON.stringify(partition))
  })

  test('nothing ended by itself, and each service ends with 0 when it is asked to', async () => {
    assert.deepEqual(processes.ownEnds, [])
    for (const service of ['ingest', 'worker', 'settle', 'api'] as const)
      assert.equal(await processes.stop(service), 0, processes.lastWords())
  })
})

interface Completeness {
  lines: number
  attempts_rows: number
  attempts: number
  duplicates: number
  conflicts: number
  dead_letters: number
  unsettled_windows: number
  balance: { topic: string; lines: number; rows_ahead: number; is_balanced: boolean }[]
}

function period({ fromMs, toMs }: SimulatedTraffic): { from: string; to: string } {
  return { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() }
}

/** The first sending: 120 lines a body, newline-delimited, uncompressed; then the scrapes. Gives the number of lines accepted. */
async function sendAsLines(ingest: string, traffic: SimulatedTraffic, tokenOf: ReadonlyMap<string, string>): Promise<number> {
  let accepted = 0
  for (const { source, texts } of bodiesOf(traffic, 120)) {
    accepted += await sendOnce(ingest, texts.join('\n'), headersOf(source, tokenOf, 'application/x-ndjson'))
  }
  await sendExpositions(ingest, traffic, tokenOf)
  return accepted
}

/** The second: 77 lines a body as an array, compressed, and backwards in time. */
async function sendAsArrays(ingest: string, traffic: SimulatedTraffic, tokenOf: ReadonlyMap<string, string>): Promise<number> {
  let accepted = 0
  await sendExpositions(ingest, traffic, tokenOf)
  for (const [index, { source, texts }] of bodiesOf(traffic, 77).toReversed().entries()) {
    const array = `[${texts.join(',\n')}]`
    const encoding = index % 2 === 0 ? 'gzip' : 'zstd'
    const body = encoding === 'gzip' ? gzipSync(array) : zstdCompressSync(array)
    accepted += await sendOnce(ingest, body, { ...headersOf(source, tokenOf, 'application/json'), 'content-encoding': encoding })
  }
  return accepted
}

async function sendOnce(ingest: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string>): Promise<number> {
  const answer = await send(`${ingest}/v1/access-logs`, body, headers)
  assert.deepEqual(answer?.rejected, [])
  return answer?.accepted ?? 0
}

async function sendExpositions(ingest: string, traffic: SimulatedTraffic, tokenOf: ReadonlyMap<string, string>): Promise<void> {
  for (const { path, text } of traffic.expositions) {
    assert.ok(await send(`${ingest}${path}`, text, headersOf('weir', tokenOf, 'text/plain')))
  }
}

function headersOf(source: string, tokenOf: ReadonlyMap<string, string>, contentType: string): Record<string, string> {
  return { authorization: `Bearer ${tokenOf.get(source)}`, 'content-type': contentType }
}

function bodiesOf(traffic: SimulatedTraffic, size: number): { source: string; texts: string[] }[] {
  const bySource = Map.groupBy(traffic.lines, line => line.source)
  return [...bySource].flatMap(([source, lines]) =>
    Array.from({ length: Math.ceil(lines.length / size) }, (_, index) => ({
      source,
      texts: lines.slice(index * size, (index + 1) * size).map(line => line.text),
    })),
  )
}
