import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { ENGINE_METRICS_TOPIC } from '../../schemas/topics.ts'
import { buildHarness, type Harness, NOW_MS } from './harness.ts'

const DAY_MS = 86_400_000
const text =
  '# HELP vllm:num_requests_running Running.\n# TYPE vllm:num_requests_running gauge\nvllm:num_requests_running{model_name="m"} 3.0\n'

async function push(
  harness: Harness,
  query: string,
  payload: string | Buffer = text,
  headers: Record<string, string> = { 'content-type': 'text/plain' },
) {
  const answer = await harness.app.inject({ method: 'POST', url: `/v1/engine-metrics${query}`, headers, payload })
  return { status: answer.statusCode, body: answer.json() }
}

test('an exposition goes into the log as it is, with where and when it was read', async t => {
  const harness = buildHarness(t)
  const answer = await push(harness, '?pool=gpu-a&engine=vllm&endpoint=10.0.0.7:8000&model=llama&region=eu', text, {
    'content-type': 'text/plain; version=0.0.4; charset=utf-8',
  })
  assert.deepEqual(answer, { status: 202, body: { accepted: 1, rejected: [] } })
  const [record] = harness.eventLog.recordsOf(ENGINE_METRICS_TOPIC)
  assert.equal(Buffer.from(record?.value ?? []).toString(), text)
  assert.equal(record?.key, '10.0.0.7:8000')
  assert.deepEqual(record?.headers, {
    pool: 'gpu-a',
    source: 'default',
    'scraped-at-ms': String(NOW_MS),
    'content-type': 'text/plain',
    engine: 'vllm',
    endpoint: '10.0.0.7:8000',
    model: 'llama',
    region: 'eu',
  })
})

test('compressed text arrives as text', async t => {
  const harness = buildHarness(t)
  await push(harness, '?pool=a', gzipSync(text), { 'content-encoding': 'gzip' })
  assert.equal(Buffer.from(harness.eventLog.recordsOf(ENGINE_METRICS_TOPIC)[0]?.value ?? []).toString(), text)
})

test('a reading sent later keeps its own time, within 35 days back and 5 minutes ahead', async t => {
  const harness = buildHarness(t)
  for (const atMs of [NOW_MS - 35 * DAY_MS, NOW_MS - 1, NOW_MS + 300_000]) {
    assert.equal((await push(harness, `?pool=a&at_ms=${atMs}`)).status, 202)
    assert.equal(harness.eventLog.recordsOf(ENGINE_METRICS_TOPIC).at(-1)?.headers['scraped-at-ms'], String(atMs))
  }
  for (const atMs of [NOW_MS - 35 * DAY_MS - 1, NOW_MS + 300_001, 0, '2026-06-01T00:00:00Z', '1e12', '-1'])
    assert.equal((await push(harness, `?pool=a&at_ms=${atMs}`)).body.code, 'INGEST_PARAMETER_INVALID', String(atMs))
})

test('what is no exposition is refused', async t => {
  const harness = buildHarness(t)
  for (const payload of ['', '# only a comment\n', '<html>502</html>', '{"a":1}', Buffer.from([0xff, 0xfe]), 'a 1\n\0', gzipSync(text)]) {
    const answer = await push(harness, '?pool=a', payload)
    assert.equal(answer.status, 400)
    assert.match(answer.body.code, /^(SCRAPE_NOT_READABLE|INGEST_BODY_INVALID)$/)
  }
  assert.deepEqual(harness.eventLog.recordsOf(ENGINE_METRICS_TOPIC), [])
})

test('a missing pool, a wrong media type and an oversized text each get their answer', async t => {
  const harness = buildHarness(t, { config: { maxExpositionBytes: 2000 } })
  assert.equal((await push(harness, '?engine=vllm')).body.code, 'INGEST_PARAMETER_INVALID')
  assert.equal((await push(harness, '?pool=a', text, { 'content-type': 'application/xml' })).status, 415)
  assert.equal((await push(harness, '?pool=a', 'a 1\n'.repeat(501))).status, 413)
  assert.equal((await push(harness, '?pool=a', gzipSync('a 1\n'.repeat(50_000)), { 'content-encoding': 'gzip' })).status, 413)
})

test('Ollama’s list of loaded models goes into the log as an exposition does', async t => {
  const harness = buildHarness(t)
  const list = '{"models":[{"name":"llama3:8b","size_vram":4811340143}]}'
  const answer = await push(harness, '?pool=a&endpoint=10.0.0.9:11434', list, { 'content-type': 'application/json' })
  assert.equal(answer.status, 202)
  assert.equal(Buffer.from(harness.eventLog.recordsOf(ENGINE_METRICS_TOPIC)[0]?.value ?? []).toString(), list)
  const other = await push(harness, '?pool=a', '{"total_slots":4}', { 'content-type': 'application/json' })
  assert.equal(other.body.code, 'SCRAPE_NOT_READABLE')
})

test('the list of models that Ollama gives instead of an exposition is taken', async t => {
  const harness = buildHarness(t)
  const list = JSON.stringify({
    models: [
      { name: 'llama3:8b', model: 'llama3:8b', size: 1, digest: 'x', details: {}, expires_at: '2026-06-01T00:00:00Z', size_vram: 1 },
    ],
  })
  assert.equal((await push(harness, '?pool=a', list, { 'content-type': 'application/json' })).status, 202)
})
