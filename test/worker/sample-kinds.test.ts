/** Readings of engines, GPUs and gateways on their way through a flush. */
import assert from 'node:assert/strict'
import { after, suite, test } from 'node:test'
import { ENGINE_METRICS_TOPIC } from '../../schemas/topics.ts'
import { defaultReadLimits } from '../../services/api/http/read-limits.ts'
import { answerCompleteness } from '../../services/api/reports/completeness.ts'
import { AppError } from '../../services/platform/errors.ts'
import type { LogRecord, NewRecord } from '../../services/platform/event-log/port.ts'
import { buildMetrics } from '../../services/platform/metrics.ts'
import { acceptAnyTime } from '../../services/worker/decode/accept-time.ts'
import { buildDecoder, buildLineAt } from '../../services/worker/decode/decode-message.ts'
import { type FlushDeps, flushBatch } from '../../services/worker/flush.ts'
import { type Batch, buildGatherer } from '../../services/worker/gather.ts'
import { openTestClickHouse } from '../fakes/clickhouse-server.ts'
import { buildInMemoryClickHouse } from '../fakes/in-memory-clickhouse.ts'
import { sample } from '../fixtures/samples.ts'

const AT_MS = Date.UTC(2026, 6, 1, 12, 0, 30)
const decode = buildDecoder({ logEpoch: 'epoch', maxLineBytes: 64_000, acceptTime: () => acceptAnyTime })

const scrapes = [
  sample('vllm_v1_scrape_t0.prom.gz'),
  sample('dcgm_h200.prom'),
  sample('triton_capture.prom.gz'),
  sample('higress_metrics_doc.prom'),
  sample('picker_llm_d_both_names.prom.gz'),
  '{"models":[]}',
  'tgi_queue_size 3\ntgi_tea_time 1\nmystery 2\n',
]

suite('scrapes of all kinds, on a real ClickHouse', async () => {
  const { clickhouse } = await openTestClickHouse({ after })
  const { deps, announced } = flushDeps(clickhouse)
  await flushBatch(await batchOf(scrapes), deps)

  test('an engine’s buckets and reasons come back as they were read', async () => {
    const [row] = await clickhouse.query<Record<string, Record<string, number>>>(
      `SELECT finish_reasons, ttft_seconds_buckets, itl_seconds_count, e2e_seconds_count FROM {database}.engine_samples_raw
       WHERE engine = 'vllm' AND engine_index = '0'`,
    )
    assert.deepEqual(row?.['finish_reasons'], { stop: 108, length: 9, abort: 2, error: 1, repetition: 0 })
    assert.deepEqual([row?.['ttft_seconds_buckets']?.['0.25'], row?.['ttft_seconds_buckets']?.['+Inf']], [50, 120])
    assert.deepEqual([row?.['itl_seconds_count'], row?.['e2e_seconds_count']], [2400, 120])
  })

  test('GPUs are there with their numbers, and null where they give none', async () => {
    assert.deepEqual(
      await clickhouse.query(
        `SELECT exporter, pod, utilisation_ratio, engine_active_ratio, memory_total_bytes, window_start, row_no
         FROM {database}.gpu_samples_raw ORDER BY exporter, pod`,
      ),
      [
        ['dcgm', 'vllm-0', 0.97, 0.957, 149_706_244_096, 0],
        ['dcgm', 'vllm-1', 0.12, 0.101, 149_706_244_096, 1],
        ['triton', '', 0, null, 16_106_127_360, 0],
      ].map(([exporter, pod, utilisation_ratio, engine_active_ratio, memory_total_bytes, row_no]) => ({
        exporter,
        pod,
        utilisation_ratio,
        engine_active_ratio,
        memory_total_bytes,
        window_start: '2026-07-01T12:00:00Z',
        row_no,
      })),
    )
  })

  test('gateways and pickers are there, apart from engines', async () => {
    assert.deepEqual(
      await clickhouse.query(
        `SELECT kind, product, count() AS rows, sum(requests_total) AS requests, max(endpoint_queue_mean) AS queue
         FROM {database}.gateway_samples_raw GROUP BY kind, product ORDER BY product`,
      ),
      [
        { kind: 'picker', product: 'endpoint-picker', rows: 5, requests: 4, queue: 0.4 },
        { kind: 'gateway', product: 'higress', rows: 2, requests: 3, queue: null },
      ],
    )
  })

  test('the ledger balances, with what was idle skipped', async () => {
    const entries = await clickhouse.query<Record<string, number>>(
      'SELECT lines, rows, accepted_lines, dead_letters, skipped_lines FROM {database}.messages_read FINAL ORDER BY offset',
    )
    for (const entry of entries)
      assert.equal(entry['lines'], Number(entry['accepted_lines']) + Number(entry['dead_letters']) + Number(entry['skipped_lines']))
    assert.deepEqual(
      entries.map(entry => [entry['rows'], entry['skipped_lines']]),
      [
        [2, 0],
        [2, 0],
        [9, 0],
        [2, 0],
        [5, 0],
        [0, 1],
        [1, 0],
      ],
    )
  })

  test('the books balance over the rows of every table, so that nothing stays under way', async () => {
    const answer = await answerCompleteness(
      { from: '2026-07-01T12:00:00Z', to: '2026-07-01T12:01:00Z' },
      { role: 'operator' },
      { clickhouse, now: () => AT_MS + 1000, limits: { ...defaultReadLimits, timeoutMs: 30_000 } },
    )
    assert.deepEqual(
      (answer.balance as Record<string, unknown>[]).map(({ rows, rows_found, rows_ahead, is_balanced }) => ({
        rows,
        rows_found,
        rows_ahead,
        is_balanced,
      })),
      [{ rows: 21, rows_found: 21, rows_ahead: 0, is_balanced: true }],
    )
  })

  test('their window is announced; series that no table names are counted by product', async () => {
    const rows = announced.map(({ value }) => JSON.parse(Buffer.from(value).toString('utf8')) as { rows: number })
    // Two of vLLM, eight of Triton, one of TGI; three GPUs. Nothing is settled from gateways.
    assert.deepEqual(
      rows.map(window => window.rows),
      [2 + 8 + 1 + 3],
    )
    const text = await deps.metrics.registry.metrics()
    assert.match(text, /worker_unknown_series_total\{product="tgi",service="worker"\} 2/)
    assert.doesNotMatch(text, /worker_unknown_series_total\{product="vllm"/)
    assert.match(text, /worker_rows_total\{table="gpu_samples_raw",service="worker"\} 3/)
    assert.match(text, /worker_rows_total\{table="gateway_samples_raw",service="worker"\} 7/)
  })
})

test('an exposition whose rows ClickHouse refuses in two tables is one dead letter, and its neighbours stay', async () => {
  const clickhouse = buildInMemoryClickHouse()
  clickhouse.beforeInsert = async (table, rows) => {
    if (table !== 'messages_read' && table !== 'dead_letters' && rows.some(row => row['offset'] === 0)) {
      throw new AppError('CLICKHOUSE_DATA_REFUSED', 'made by the test')
    }
  }
  const { deps } = flushDeps(clickhouse)
  await flushBatch(await batchOf([sample('triton_capture.prom.gz'), sample('dcgm_h200.prom')]), deps)
  assert.deepEqual([clickhouse.rows('engine_samples_raw').length, clickhouse.rows('gpu_samples_raw').length], [0, 2])
  assert.deepEqual(
    clickhouse.rows('dead_letters').map(row => [row['offset'], row['code']]),
    [[0, 'LINE_FIELD_INVALID']],
  )
  assert.deepEqual(
    clickhouse.rows('messages_read').map(row => [row['lines'], row['rows'], row['accepted_lines'], row['dead_letters']]),
    [
      [1, 0, 0, 1],
      [1, 2, 1, 0],
    ],
  )
})

function flushDeps(clickhouse: FlushDeps['clickhouse']) {
  const announced: NewRecord[] = []
  const deps = {
    clickhouse,
    eventLog: {
      append: async (topic: string, records: readonly NewRecord[]) => void (topic.includes('touched') && announced.push(...records)),
    },
    consumer: { commit: async () => undefined },
    limit: { mayCommit: () => true },
    decode,
    lineAt: buildLineAt({ maxLineBytes: 64_000 }),
    metrics: buildMetrics('worker'),
    persist: async <T>(_: string, operation: () => Promise<T>) => await operation(),
    now: () => AT_MS + 1000,
  }
  return { deps, announced }
}

async function batchOf(texts: readonly (string | Buffer)[]): Promise<Batch> {
  const gatherer = buildGatherer({ maxRows: 1_000, maxSizeBytes: 1e9, maxAgeMs: 1e6 })
  for (const [offset, text] of texts.entries()) {
    const record: LogRecord = {
      topic: ENGINE_METRICS_TOPIC,
      partition: 0,
      offset,
      timestampMs: AT_MS,
      key: undefined,
      value: Buffer.from(text),
      headers: { pool: 'blue', endpoint: '10.8.1.12:8000' },
    }
    await gatherer.add(record, decode)
  }
  gatherer.close()
  return (await gatherer.take()) as Batch
}
