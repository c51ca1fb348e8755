import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { Agent } from 'undici'
import { ENGINE_METRICS_TOPIC, topics } from '../../schemas/topics.ts'
import { buildPublisher } from '../../services/ingest/publish.ts'
import { type ScrapeOutcome, scrapeTarget } from '../../services/ingest/scrape-target.ts'
import { runScraper } from '../../services/ingest/scraper.ts'
import { nextReadMs, parseTargets, type Target } from '../../services/ingest/targets.ts'
import { AppError } from '../../services/platform/errors.ts'
import { buildProgress } from '../../services/platform/health.ts'
import { buildLogger } from '../../services/platform/log.ts'
import { buildMetrics } from '../../services/platform/metrics.ts'
import { buildInMemoryEventLog } from '../fakes/in-memory-event-log.ts'
import { NOW_MS } from './harness.ts'

const text = 'vllm:num_requests_running 3\n'
const limits = { timeoutMs: 2_000, maxExpositionBytes: 10_000 }

async function serve(t: TestContext, listener: RequestListener): Promise<Target> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return targetAt((server.address() as AddressInfo).port)
}

function targetAt(port: number): Target {
  const [target] = parseTargets(JSON.stringify([{ targets: [`127.0.0.1:${port}`], labels: { pool: 'a', engine: 'vllm' } }]), 'test')
  return target as Target
}

function build(t: TestContext, options: { isLogDown?: boolean } = {}) {
  const clock = { nowMs: NOW_MS }
  const now = () => clock.nowMs
  const metrics = buildMetrics('ingest')
  const eventLog = buildInMemoryEventLog({
    now,
    topics,
    beforeAppend: async () => {
      if (options.isLogDown) throw new AppError('EVENT_LOG_UNAVAILABLE', 'down')
    },
  })
  const publisher = buildPublisher(
    { appendTimeoutMs: 1_000 },
    { eventLog, metrics, progress: buildProgress(now, { stalledAfterMs: 60_000 }), now },
  )
  const dispatcher = new Agent()
  t.after(() => dispatcher.close())
  return { clock, metrics, eventLog, deps: { dispatcher, publisher, now } }
}

test('a reading goes into the log as it is, with its target and time', async t => {
  const target = await serve(t, (_request, response) => response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(text))
  const { eventLog, deps } = build(t)
  assert.deepEqual(await scrapeTarget(target, limits, deps), { outcome: 'ok' })
  const [record] = eventLog.recordsOf(ENGINE_METRICS_TOPIC)
  assert.equal(Buffer.from(record?.value ?? []).toString(), text)
  assert.equal(record?.key, target.endpoint)
  assert.deepEqual(record?.headers, {
    pool: 'a',
    source: 'default',
    'scraped-at-ms': String(NOW_MS),
    'content-type': 'text/plain',
    engine: 'vllm',
    endpoint: target.endpoint,
  })
})

test('a compressed answer is read', async t => {
  const target = await serve(t, (_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(text)))
  const { eventLog, deps } = build(t)
  assert.equal((await scrapeTarget(target, limits, deps)).outcome, 'ok')
  assert.equal(Buffer.from(eventLog.recordsOf(ENGINE_METRICS_TOPIC)[0]?.value ?? []).toString(), text)
})

test('a target that speaks only OpenMetrics gives it, and one that speaks both is asked for the plain text', async t => {
  const openMetrics = '# TYPE vllm:num_requests_running gauge\nvllm:num_requests_running 3\n# EOF\n'
  const accepted: string[] = []
  const target = await serve(t, (request, response) => {
    accepted.push(request.headers.accept ?? '')
    response.writeHead(200, { 'content-type': 'application/openmetrics-text; version=1.0.0; charset=utf-8' }).end(openMetrics)
  })
  const { eventLog, deps } = build(t)
  assert.equal((await scrapeTarget(target, limits, deps)).outcome, 'ok')
  const [record] = eventLog.recordsOf(ENGINE_METRICS_TOPIC)
  assert.deepEqual(
    [record?.headers['content-type'], Buffer.from(record?.value ?? []).toString()],
    ['application/openmetrics-text', openMetrics],
  )
  const weights = new Map(
    accepted[0]
      ?.split(',')
      .map(range => [range.split(';')[0], Number(/;q=([\d.]+)/.exec(range)?.[1] ?? 1)])
      .toReversed() as [string, number][],
  )
  assert.ok(
    (weights.get('text/plain') ?? 0) > (weights.get('application/openmetrics-text') ?? 0) &&
      weights.get('application/openmetrics-text') !== 0,
  )
})

const failures: readonly [string, ScrapeOutcome, RequestListener][] = [
  ['answers 500', 'status', (_request, response) => response.writeHead(500).end(text)],
  ['redirects', 'status', (_request, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()],
  ['answers with a web page', 'invalid', (_request, response) => response.end('<html></html>')],
  ['answers nothing', 'invalid', (_request, response) => response.end()],
  ['answers too much', 'too_large', (_request, response) => response.end(text.repeat(1_000))],
  [
    'answers with a bomb',
    'too_large',
    (_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(9_000_000))),
  ],
  ['drops the connection', 'refused', request => void request.socket.destroy()],
  [
    'breaks off',
    'invalid',
    (request, response) => {
      response.writeHead(200, { 'content-length': '1000' }).write(text)
      setImmediate(() => request.socket.destroy())
    },
  ],
]
for (const [what, outcome, listener] of failures) {
  test(`a target that ${what} leaves a gap (${outcome}), never a zero`, async t => {
    const target = await serve(t, listener)
    const { eventLog, deps } = build(t)
    assert.equal((await scrapeTarget(target, limits, deps)).outcome, outcome)
    assert.deepEqual(eventLog.recordsOf(ENGINE_METRICS_TOPIC), [])
  })
}

test('a target that does not answer in time leaves a gap', async t => {
  const target = await serve(t, () => {})
  const { eventLog, deps } = build(t)
  assert.equal((await scrapeTarget(target, { ...limits, timeoutMs: 20 }, deps)).outcome, 'timeout')
  assert.deepEqual(eventLog.recordsOf(ENGINE_METRICS_TOPIC), [])
})

test('a log that is down is told as such, not as a fault of the target', async t => {
  const target = await serve(t, (_request, response) => response.end(text))
  const { deps } = build(t, { isLogDown: true })
  assert.equal((await scrapeTarget(target, limits, deps)).outcome, 'append_failed')
})

test('every target of the current list is read once an interval; a failing one is logged when it begins and ends', async t => {
  let isBroken = false
  const good = await serve(t, (_request, response) => response.end(text))
  const flaky = await serve(t, (_request, response) => response.writeHead(isBroken ? 500 : 200).end(text))
  const { clock, metrics, eventLog, deps } = build(t)
  const messages: string[] = []
  const logger = buildLogger({ service: 'ingest', level: 'info' }, { write: line => void messages.push(JSON.parse(line).msg) })
  const stop = new AbortController()
  const ended = async () => {
    const { values } = (await metrics.registry.getSingleMetric('ingest_scrapes_total')?.get()) ?? { values: [] }
    return values.reduce((sum, { value }) => sum + value, 0)
  }
  let targets = [good]
  // Time moves only here, after the readings that were due have ended: two targets from 10 s on, one of them broken from 20 s to 30 s.
  let started = 0
  let listedFromMs = 0
  const delay = async (ms: number) => {
    while ((await ended()) < started) await new Promise(setImmediate)
    const listed = targets
    clock.nowMs += ms
    const elapsedMs = clock.nowMs - NOW_MS
    if (elapsedMs >= 40_000) return stop.abort()
    started += listed.filter(target => nextReadMs(target, 5_000, clock.nowMs) === clock.nowMs).length
    if (elapsedMs >= 10_000 && targets.length === 1) {
      targets = [good, flaky]
      listedFromMs = clock.nowMs
    }
    isBroken = elapsedMs >= 20_000 && elapsedMs < 30_000
  }
  await runScraper(
    { scrapeIntervalMs: 5_000, scrapeTimeoutMs: 2_000, maxExpositionBytes: 10_000 },
    { ...deps, targets: { current: () => targets }, metrics, logger, delay },
    stop.signal,
  )
  const endpoints = eventLog.recordsOf(ENGINE_METRICS_TOPIC).map(record => record.headers['endpoint'])
  assert.equal(endpoints.filter(endpoint => endpoint === good.endpoint).length, 8)
  const firstMs = nextReadMs(flaky, 5_000, listedFromMs + 1) - NOW_MS
  const healthy = Array.from({ length: 8 }, (_, n) => firstMs + n * 5_000).filter(
    atMs => atMs < 20_000 || (atMs >= 30_000 && atMs < 40_000),
  )
  assert.equal(endpoints.filter(endpoint => endpoint === flaky.endpoint).length, healthy.length)
  assert.deepEqual(messages, [
    'a metrics target cannot be read; its readings are missing until it can',
    'a metrics target is readable again',
  ])
})
