import type { FastifyInstance, FastifyRequest } from 'fastify'
import { OTLP_JSON_TYPE, type SignalShape, signals } from '../../../schemas/otlp/signals.ts'
import { ACCESS_LOG_TOPIC, ENGINE_METRICS_TOPIC } from '../../../schemas/topics.ts'
import { AppError } from '../../platform/errors.ts'
import { problemFrom, problemHeaders } from '../../platform/problems.ts'
import { type IngestConfig, MAX_OTLP_BYTES } from '../config.ts'
import { mediaTypeOf, readQuery } from '../query.ts'
import type { RequestDeps } from '../request-deps.ts'
import { refuseForeignPool, senderHeaders } from '../senders.ts'
import { admitSender, takeBody } from '../take-body.ts'
import { exportAnswer, statusAnswer } from './answers.ts'
import type { CheckedRequest } from './check-records.ts'

const BINARY_TYPE = 'application/x-protobuf'
const JSON_TYPE = 'application/json'

/**
 * Paths of the endpoints and their names in metrics. Exporters append `/v1/<signal>` to the address they are
 * given, with or without our `/otlp`.
 */
export const otlpPaths: readonly { path: string; shape: SignalShape; endpoint: 'otlp-logs' | 'otlp-traces' | 'otlp-metrics' }[] = [
  '/otlp/v1/',
  '/v1/',
].flatMap(start => [
  { path: `${start}logs`, shape: signals.logs, endpoint: 'otlp-logs' as const },
  { path: `${start}traces`, shape: signals.traces, endpoint: 'otlp-traces' as const },
  { path: `${start}metrics`, shape: signals.metrics, endpoint: 'otlp-metrics' as const },
])

/**
 * POST /otlp/v1/logs, /traces, /metrics: OTLP/HTTP 1.9, protobuf and JSON, gzip or zstd. Answers 200 after the event log has every accepted
 * record on disk; records that cannot be taken are counted in `partialSuccess`. Failures are a google.rpc.Status in the encoding of the
 * request; 429 and 503 carry Retry-After.
 */
export function routeOtlp(app: FastifyInstance, config: IngestConfig, deps: RequestDeps): void {
  app.register((scope, _options, done) => {
    scope.setErrorHandler((error, request, reply) => {
      const path = request.routeOptions.url ?? ''
      const problem = problemFrom(error, path)
      if (problem.status === 503) deps.logger.warn({ err: error, path }, 'a request was answered 503; the sender is asked to try again')
      else if (problem.status >= 500) deps.logger.error({ err: error, path }, 'a request failed by a fault of Weir')
      const answer = statusAnswer(
        problem.status,
        `${problem.code}: ${problem.detail}`,
        mediaTypeOf(request.headers['content-type']) !== JSON_TYPE,
      )
      return reply
        .code(problem.status)
        .headers({ ...problemHeaders(problem), 'content-type': answer.contentType })
        .send(answer.body)
    })
    for (const { path, shape } of otlpPaths) {
      scope.post(path, async (request, reply) => {
        const { checked, isBinary } = await take(request, shape, config, deps)
        const answer = exportAnswer(shape, checked.refused, isBinary)
        return await reply.code(200).header('content-type', answer.contentType).send(answer.body)
      })
    }
    done()
  })
}

async function take(
  request: FastifyRequest,
  shape: SignalShape,
  config: IngestConfig,
  deps: RequestDeps,
): Promise<{ checked: CheckedRequest; isBinary: boolean }> {
  const sender = admitSender(request, deps)
  if (shape.signal === 'metrics') refuseForeignPool(sender, undefined)
  const { source } = readQuery(request.query, ['source'])
  const isBinary = isBinaryType(request.headers['content-type'])
  const limits = {
    maxBodyBytes: Math.min(config.maxBodyBytes, MAX_OTLP_BYTES),
    maxInflatedBytes: Math.min(config.maxInflatedBytes, MAX_OTLP_BYTES),
  }
  return await takeBody(request, sender, limits, deps, async ({ body, publish }) => {
    const { signal, request: what } = shape
    const checked = await deps.reader.otlp(sender.name, { body, signal, isBinary, maxLineBytes: config.maxLineBytes }, what)
    const headers = { ...senderHeaders(sender, source), 'content-type': OTLP_JSON_TYPE }
    const records = checked.messages.map(value => ({ value, headers }))
    if (records.length > 0) await publish(shape.signal === 'metrics' ? ENGINE_METRICS_TOPIC : ACCESS_LOG_TOPIC, records)
    count(checked, shape, deps)
    return { checked, isBinary }
  })
}

function isBinaryType(contentType: string | undefined): boolean {
  const mediaType = mediaTypeOf(contentType)
  if (mediaType === BINARY_TYPE || mediaType === JSON_TYPE) return mediaType === BINARY_TYPE
  throw new AppError(
    'INGEST_MEDIA_TYPE_UNSUPPORTED',
    `Content-Type "${(mediaType ?? '').slice(0, 100)}" is not supported: use ${BINARY_TYPE} or ${JSON_TYPE}`,
  )
}

function count({ accepted, refused, sizeBytes }: CheckedRequest, shape: SignalShape, deps: RequestDeps): void {
  const { ingest_lines_total, ingest_samples_total, ingest_bytes_total } = deps.metrics
  const counter = shape.signal === 'metrics' ? ingest_samples_total : ingest_lines_total
  counter.inc({ outcome: 'accepted' }, accepted)
  counter.inc({ outcome: 'rejected' }, refused.count)
  ingest_bytes_total.inc({}, sizeBytes)
}
