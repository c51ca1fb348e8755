import swagger from '@fastify/swagger'
import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify'
import { AppError, type ErrorCode } from '../../platform/errors.ts'
import type { Logger } from '../../platform/log.ts'
import type { Metrics } from '../../platform/metrics.ts'
import type { metricCatalogue } from '../../platform/metrics-catalogue.ts'
import { problemFrom, problemHeaders, registerProblems } from '../../platform/problems.ts'
import { registerLocalOnly } from './local-only.ts'
import { openapiHead } from './openapi.ts'
import type { HolderOf } from './readers.ts'
import { buildRequestQueue, type QueueLimits } from './request-queue.ts'
import { registerTurns } from './take-turns.ts'

// The longest cursor, encoded, of seven columns of 4,096 characters.
const MAX_HEADER_BYTES = 128 * 1024

/**
 * Builds a server without routes: faults become problem documents, requests are counted, and what `addRoutes` adds is described in the
 * OpenAPI document. `isLocalOnly`: only requests to this machine are answered. `addHooks`: what is done to every request before it waits
 * for its turn.
 */
export function buildServer(
  config: { isLocalOnly: boolean; queue: QueueLimits; addHooks: (app: FastifyInstance) => void; addRoutes: (app: FastifyInstance) => void },
  deps: { logger: Logger; metrics: Metrics<'api'>; holderOf: HolderOf },
): FastifyInstance {
  const app = Fastify({
    http: { maxHeaderSize: MAX_HEADER_BYTES },
    // An URL that cannot be decoded ends before any route, so the error handler of the routes never sees it.
    frameworkErrors(error, request, reply) {
      const problem = problemFrom(error, request.url.split('?')[0] as string)
      const answer = reply as unknown as FastifyReply
      answer.code(problem.status).headers(problemHeaders(problem)).send(JSON.stringify(problem))
    },
  })
  registerProblems(app, deps)
  // Parameters are read by parameters.ts, which names every fault at once, and rows are built from their schema: here the schemas only
  // describe.
  app.setValidatorCompiler(() => () => true)
  app.setSerializerCompiler(() => data => JSON.stringify(data))
  registerMetrics(app, deps.metrics)
  if (config.isLocalOnly) registerLocalOnly(app)
  config.addHooks(app)
  registerTurns(app, { queue: buildRequestQueue(config.queue), holderOf: deps.holderOf })
  // Loaded in this order: the first sees every route that the second adds.
  app.register(swagger, { openapi: openapiHead })
  app.register((routes, _options, done) => {
    config.addRoutes(routes)
    done()
  })
  return app
}

type Rejection = (typeof metricCatalogue.api_requests_rejected_total.labels.reason)[number]
/** What a refusal counts as; others are faults of whoever configures, or of Weir. */
const rejections: Readonly<Partial<Record<ErrorCode, Rejection>>> = {
  API_UNAUTHENTICATED: 'unauthenticated',
  API_FORBIDDEN: 'forbidden',
  API_REQUEST_INVALID: 'invalid',
  API_OVERLOADED: 'overloaded',
  API_QUERY_TOO_LARGE: 'too_large',
  STATEMENT_TOO_LARGE: 'too_large',
  API_QUERY_TOO_LONG: 'too_long',
  API_ROWS_DROPPED: 'dropped',
}

function registerMetrics(app: FastifyInstance, metrics: Metrics<'api'>): void {
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown'
    metrics.api_request_duration_seconds.observe({ route, status: `${Math.floor(reply.statusCode / 100)}xx` }, reply.elapsedTime / 1000)
    done()
  })
  app.addHook('onError', (_request, _reply, error, done) => {
    const code = (error as unknown) instanceof AppError ? (error as unknown as AppError).code : 'INTERNAL_ERROR'
    const reason = rejections[code]
    if (reason !== undefined) metrics.api_requests_rejected_total.inc({ reason })
    done()
  })
}
