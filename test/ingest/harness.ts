import type { TestContext } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { ACCESS_LOG_TOPIC, topics } from '../../schemas/topics.ts'
import { buildIngestApp, type IngestDeps } from '../../services/ingest/app.ts'
import { type IngestConfig, readIngestConfig } from '../../services/ingest/config.ts'
import { readSettings } from '../../services/platform/env.ts'
import type { NewRecord } from '../../services/platform/event-log/port.ts'
import { buildProgress, type Progress } from '../../services/platform/health.ts'
import { buildLogger } from '../../services/platform/log.ts'
import { buildMetrics, type Metrics } from '../../services/platform/metrics.ts'
import type { TokenHolder, Tokens } from '../../services/platform/tokens.ts'
import { buildInMemoryEventLog, type InMemoryEventLog } from '../fakes/in-memory-event-log.ts'

export const NOW_MS = Date.UTC(2026, 5, 1, 12)

export interface Harness {
  app: FastifyInstance
  eventLog: InMemoryEventLog
  metrics: Metrics<'ingest'>
  progress: Progress
  clock: { nowMs: number }
  /** All lines on the access-log topic, in the order appended. */
  lines(): string[]
  /** The value of a metric's series, by the text of its labels in /metrics. */
  metric(series: string): Promise<number | undefined>
}

export interface HarnessOptions {
  config?: Partial<IngestConfig>
  tokens?: Readonly<Record<string, TokenHolder>>
  beforeAppend?: (topic: string, records: readonly NewRecord[]) => Promise<void>
}

/** An append that waits until the test lets it end; `began` resolves when it was asked for. */
export function heldAppend() {
  const gate = Promise.withResolvers<void>()
  const began = Promise.withResolvers<void>()
  const beforeAppend = () => {
    began.resolve()
    return gate.promise
  }
  return { began: began.promise, letEnd: gate.resolve, beforeAppend }
}

export function tokensOf(holders: Readonly<Record<string, TokenHolder>>): Tokens {
  return { lookup: bearer => holders[bearer], refresh: async () => {}, [Symbol.asyncDispose]: async () => {} }
}

/** An ingest app over a log in memory, closed after the test. */
export function buildHarness(t: TestContext, options: HarnessOptions = {}): Harness {
  const clock = { nowMs: NOW_MS }
  const now = () => clock.nowMs
  const eventLog = buildInMemoryEventLog({ now, topics, ...(options.beforeAppend && { beforeAppend: options.beforeAppend }) })
  const metrics = buildMetrics('ingest')
  const progress = buildProgress(now, { stalledAfterMs: 60_000 })
  const deps: IngestDeps = {
    eventLog,
    tokens: options.tokens && tokensOf(options.tokens),
    metrics,
    progress,
    logger: buildLogger({ service: 'ingest', level: 'silent' }),
    now,
  }
  const app = buildIngestApp({ ...readIngestConfig(readSettings({})), ...options.config }, deps)
  t.after(() => app.close())
  return {
    app,
    eventLog,
    metrics,
    progress,
    clock,
    lines: () => eventLog.recordsOf(ACCESS_LOG_TOPIC).flatMap(record => Buffer.from(record.value).toString('utf8').split('\n')),
    async metric(series) {
      const line = (await metrics.registry.metrics()).split('\n').find(candidate => candidate.startsWith(`${series} `))
      return line === undefined ? undefined : Number(line.slice(series.length + 1))
    },
  }
}

/** Posts a body to /v1/access-logs. */
export async function post(
  harness: Harness,
  payload: string | Buffer,
  options: { query?: string; headers?: Record<string, string>; remoteAddress?: string } = {},
): Promise<{ status: number; body: PostAnswer; headers: Record<string, unknown> }> {
  const answer = await harness.app.inject({
    method: 'POST',
    url: `/v1/access-logs${options.query ?? ''}`,
    headers: { 'content-type': 'application/x-ndjson', ...options.headers },
    payload,
    ...(options.remoteAddress !== undefined && { remoteAddress: options.remoteAddress }),
  })
  return { status: answer.statusCode, body: answer.json(), headers: answer.headers }
}

export interface PostAnswer {
  accepted: number
  rejected: { line: number; code: string; message: string }[]
  rejected_count: number
  code?: string
  detail?: string
  type?: string
  instance?: string
}
