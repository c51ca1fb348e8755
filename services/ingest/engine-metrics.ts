import type { FastifyInstance } from 'fastify'
import { AppError } from '../platform/errors.ts'
import { type IngestConfig, NEWEST_READING_MS, OLDEST_READING_MS } from './config.ts'
import { EXPOSITION_TOPIC, expositionRecord, refuseUnlikeExposition } from './exposition.ts'
import { mediaTypeOf, readQuery } from './query.ts'
import type { RequestDeps } from './request-deps.ts'
import { refuseForeignPool } from './senders.ts'
import { admitSender, takeBody } from './take-body.ts'

const mediaTypes = new Set(['text/plain', 'application/openmetrics-text', 'application/json'])
const parameters = ['pool', 'engine', 'endpoint', 'model', 'region', 'source', 'at_ms'] as const

/**
 * POST /v1/engine-metrics?pool=…: the exposition of one model server, gateway or GPU exporter, as Prometheus text or OpenMetrics; of
 * Ollama the answer of `/api/ps`. `at_ms` says when it was read (ms since 1970 UTC) for readings sent later; without it that is now.
 * Answers 202 `{accepted: 1, rejected: []}` after the event log has it on disk. It cannot be split, so a larger one than
 * `maxExpositionBytes` is refused with 413.
 */
export function routeEngineMetrics(app: FastifyInstance, config: IngestConfig, deps: RequestDeps): void {
  app.post('/v1/engine-metrics', async (request, reply) => {
    const sender = admitSender(request, deps)
    const { at_ms, ...query } = readQuery(request.query, parameters)
    const { pool } = query
    if (pool === undefined) throw new AppError('INGEST_PARAMETER_INVALID', 'the query parameter "pool" is missing')
    refuseForeignPool(sender, pool)
    const readAtMs = readTime(at_ms, deps.now())
    const mediaType = mediaTypeOf(request.headers['content-type'])
    if (mediaType !== undefined && !mediaTypes.has(mediaType)) {
      throw new AppError(
        'INGEST_MEDIA_TYPE_UNSUPPORTED',
        `Content-Type "${mediaType.slice(0, 100)}" is not supported: use text/plain, application/openmetrics-text or, for Ollama, ` +
          `application/json`,
      )
    }
    const { maxExpositionBytes } = config
    const limits = { maxBodyBytes: maxExpositionBytes, maxInflatedBytes: maxExpositionBytes }
    return await takeBody(request, sender, limits, deps, async ({ body: text, publish }) => {
      refuseUnlikeExposition(text)
      const record = expositionRecord(text, mediaType, { ...query, pool, source: sender.source ?? query.source, readAtMs })
      await publish(EXPOSITION_TOPIC, [record])
      deps.metrics.ingest_bytes_total.inc({}, text.length)
      return await reply.code(202).send({ accepted: 1, rejected: [] })
    })
  })
}

function readTime(given: string | undefined, nowMs: number): number {
  if (given === undefined) return nowMs
  const atMs = /^\d{1,15}$/.test(given) ? Number(given) : Number.NaN
  if (atMs >= nowMs - OLDEST_READING_MS && atMs <= nowMs + NEWEST_READING_MS) return atMs
  throw new AppError(
    'INGEST_PARAMETER_INVALID',
    'at_ms must be milliseconds since 1970 UTC, at most 35 days ago and at most 5 minutes ahead',
  )
}
