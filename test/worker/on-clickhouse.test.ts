/** The worker with its real decoders on a real ClickHouse and a real embedded log. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { pino } from 'pino'
import { ACCESS_LOG_TOPIC, ENGINE_METRICS_TOPIC, topics, WINDOW_TOUCHED_TOPIC, WORKER_GROUP } from '../../schemas/topics.ts'
import { delay, MINUTE, windowStart } from '../../services/platform/clock.ts'
import { openEmbeddedEventLog } from '../../services/platform/event-log/embedded.ts'
import { buildMetrics } from '../../services/platform/metrics.ts'
import { consumeLines } from '../../services/worker/consume.ts'
import { buildDecoder, buildLineAt, buildLineCount } from '../../services/worker/decode/decode-message.ts'
import { writeDeadLetters } from '../../services/worker/write-dead-letters.ts'
import { openTestClickHouse } from '../fakes/clickhouse-server.ts'

const { clickhouse } = await openTestClickHouse({ after })
const directory = mkdtempSync(join(tmpdir(), 'weir-worker-'))
const eventLog = await openEmbeddedEventLog({ directory }, { now: Date.now })
after(async () => {
  await eventLog[Symbol.asyncDispose]()
  rmSync(directory, { recursive: true, force: true })
})
await eventLog.createTopics(topics)

const startedAt = windowStart(Date.now()) - 2 * MINUTE
const isoStart = new Date(startedAt).toISOString()
const good = (request: string) =>
  JSON.stringify({ tenant_id: 'acme', request_id: request, started_at: isoStart, input_tokens: 100, output_tokens: 7 })
const old = JSON.stringify({ tenant_id: 'acme', request_id: 'old', started_at: '1970-01-02T00:00:00.000Z' })
const health = JSON.stringify({ start_time: isoStart, response_code: 200, response_flags: '-', path: '/healthz' })
const message = [good('a'), '{"tenant_id": "acme", "request_', good('b'), 'null', old, good('c'), health]
const exposition = [
  '# TYPE vllm:num_requests_running gauge',
  'vllm:num_requests_running{engine="0",model_name="qwen3-32b"} 3.0',
  '# TYPE vllm:num_requests_waiting gauge',
  'vllm:num_requests_waiting{engine="0",model_name="qwen3-32b"} 1.0',
  'vllm:num_requests_running{engine="0" broken',
  '',
].join('\n')

test('lines become rows, bad ones dead letters, and the ledger says where each went', async () => {
  await eventLog.append(ACCESS_LOG_TOPIC, [{ partition: 2, value: Buffer.from(message.join('\n')), headers: { source: 'edge' } }])
  await eventLog.append(ENGINE_METRICS_TOPIC, [
    {
      partition: 1,
      value: Buffer.from(exposition),
      headers: { pool: 'blue', endpoint: '10.0.0.1:8000', 'scraped-at-ms': String(startedAt + 1) },
    },
  ])
  await runUntilCommitted()

  assert.deepEqual(
    await clickhouse.query(
      'SELECT request_id, tenant_id, source, input_tokens, output_tokens, line_no FROM {database}.attempts_raw ORDER BY line_no',
    ),
    [
      { request_id: 'a', tenant_id: 'acme', source: 'edge', input_tokens: 100, output_tokens: 7, line_no: 0 },
      { request_id: 'b', tenant_id: 'acme', source: 'edge', input_tokens: 100, output_tokens: 7, line_no: 2 },
      { request_id: 'c', tenant_id: 'acme', source: 'edge', input_tokens: 100, output_tokens: 7, line_no: 5 },
    ],
  )
  assert.deepEqual(
    await clickhouse.query('SELECT line_no, code, line FROM {database}.dead_letters WHERE topic = {topic:String} ORDER BY line_no', {
      topic: ACCESS_LOG_TOPIC,
    }),
    [
      { line_no: 1, code: 'LINE_NOT_JSON', line: message[1] },
      { line_no: 3, code: 'LINE_NOT_JSON', line: 'null' },
      { line_no: 4, code: 'LINE_TIME_OUT_OF_RANGE', line: old },
    ],
  )
  assert.deepEqual(await clickhouse.query('SELECT pool, model, endpoint, running, waiting FROM {database}.engine_samples_raw'), [
    { pool: 'blue', model: 'qwen3-32b', endpoint: '10.0.0.1:8000', running: 3, waiting: 1 },
  ])
  assert.deepEqual(
    await clickhouse.query(
      'SELECT topic, partition, offset, lines, rows, accepted_lines, dead_letters, skipped_lines, skip_reasons FROM ' +
        '{database}.messages_read FINAL ORDER BY topic',
    ),
    [
      {
        topic: ACCESS_LOG_TOPIC,
        partition: 2,
        offset: 0,
        lines: 7,
        rows: 3,
        accepted_lines: 3,
        dead_letters: 3,
        skipped_lines: 1,
        skip_reasons: { not_llm: 1 },
      },
      {
        topic: ENGINE_METRICS_TOPIC,
        partition: 1,
        offset: 0,
        lines: 2,
        rows: 1,
        accepted_lines: 1,
        dead_letters: 1,
        skipped_lines: 0,
        skip_reasons: {},
      },
    ],
  )
  const announced = await eventLog.offsets(WINDOW_TOUCHED_TOPIC)
  assert.ok(announced.reduce((sum, partition) => sum + partition.end, 0) >= 1)
})

test('a whole redelivery doubles raw rows under equal identities; ledger and dead letters collapse', async () => {
  // The same messages under the same epoch, topic, partition and offset are what a redelivery is.
  await runUntilCommitted({ group: 'replayed' })
  assert.deepEqual(
    await clickhouse.query(`SELECT request_id, count() AS copies, uniqExact(log_epoch, topic, partition, offset, line_no,
      row_no) AS identities, uniqExact(body_hash) AS bodies
      FROM {database}.attempts_raw GROUP BY request_id ORDER BY request_id`),
    ['a', 'b', 'c'].map(request_id => ({ request_id, copies: 2, identities: 1, bodies: 1 })),
  )
  assert.deepEqual(await clickhouse.query('SELECT count() AS letters FROM {database}.dead_letters FINAL'), [{ letters: 4 }])
  assert.deepEqual(
    await clickhouse.query(
      'SELECT sum(lines) AS lines, sum(accepted_lines) + sum(dead_letters) + sum(skipped_lines) AS accounted FROM ' +
        '{database}.messages_read FINAL',
    ),
    [{ lines: 9, accounted: 9 }],
  )
})

test('half a surrogate pair in a name is a dead letter like any other, and one made elsewhere is kept in a reduced form', async () => {
  const decode = buildDecoder({ logEpoch: 'surrogates', maxLineBytes: 1_000_000 })
  const headers = { source: 'edge' }
  const value = Buffer.from(String.raw`[{"\ud800":1},{"tenant_id":"\udfff","request_id":"r"}]`)
  const record = { topic: ACCESS_LOG_TOPIC, partition: 0, offset: 0, timestampMs: Date.now(), key: undefined, value, headers }
  const { deadLetters } = decode(record)
  const insert = (table: { name: string; columns: readonly string[] }, rows: readonly unknown[][]) =>
    clickhouse.insert(table.name, table.columns, rows)
  const metrics = buildMetrics('worker')
  const broken = deadLetters.map(letter => ({ ...letter, offset: 1, message: `${letter.message} \ud800` }))
  const [good] = deadLetters
  assert.ok(good)
  await writeDeadLetters([...deadLetters, ...broken, { ...good, offset: 2 }], { insert, metrics })
  const kept = await clickhouse.query<{ offset: number; line_no: number; line: string; encoding: string; message: string }>(
    'SELECT offset, line_no, line, encoding, message FROM {database}.dead_letters FINAL ' +
      "WHERE log_epoch = 'surrogates' ORDER BY offset, line_no",
  )
  assert.deepEqual(
    kept.map(({ offset, line_no, encoding }) => [offset, line_no, encoding]),
    [
      [0, 0, 'utf8'],
      [0, 1, 'utf8'],
      [1, 0, 'base64'],
      [1, 1, 'base64'],
      [2, 0, 'utf8'],
    ],
  )
  assert.deepEqual(
    kept.map(({ line, encoding }) => Buffer.from(line, encoding as BufferEncoding).toString()),
    [0, 1, 0, 1, 0].map(index => deadLetters[index]?.line),
  )
  assert.match(kept[2]?.message ?? '', /^ClickHouse refused this dead letter as it was; .* sha256 [0-9a-f]{64}\.$/)
  assert.doesNotMatch(await metrics.registry.metrics(), /^worker_unstored_dead_letters_total\S* [1-9]/m)
})

/** Reads everything from the first record on under `group` and stops when it is committed. */
async function runUntilCommitted({ group = WORKER_GROUP } = {}): Promise<void> {
  const inGroup = {
    ...eventLog,
    consume: (options: Parameters<typeof eventLog.consume>[0], handlers: Parameters<typeof eventLog.consume>[1]) =>
      eventLog.consume({ ...options, group }, handlers),
  }
  const controller = new AbortController()
  const messageConfig = { logEpoch: eventLog.epoch, maxLineBytes: 100_000 }
  const running = consumeLines(
    {
      gather: { maxRows: 1_000, maxSizeBytes: 1e6, maxAgeMs: 20 },
      deadLetterLimit: { maxRatio: 0.5, windowLines: 1_000, sourceWindowLines: 1_000 },
      drainMs: 10_000,
      lookIntervalMs: 50,
    },
    {
      eventLog: inGroup,
      clickhouse,
      decode: buildDecoder(messageConfig),
      lineAt: buildLineAt(messageConfig),
      lineCount: buildLineCount(messageConfig),
      progress: { report: () => {}, expect: () => {} },
      metrics: buildMetrics('worker'),
      logger: pino({ level: 'silent' }),
      now: Date.now,
    },
    controller.signal,
  )
  const isCommitted = async (topic: string) =>
    (await eventLog.offsets(topic, group)).every(({ end, committed }) => end === (committed ?? 0))
  while (!((await isCommitted(ACCESS_LOG_TOPIC)) && (await isCommitted(ENGINE_METRICS_TOPIC)))) await delay(10)
  controller.abort()
  await running
}
