import { type FastifyInstance, fastify } from 'fastify'
import { type Now, SECOND } from '../platform/clock.ts'
import type { EventLog } from '../platform/event-log/port.ts'
import { type ProbeDeps, type Progress, probeAnswer } from '../platform/health.ts'
import type { Logger } from '../platform/log.ts'
import type { Metrics } from '../platform/metrics.ts'
import type { metricCatalogue } from '../platform/metrics-catalogue.ts'
import { registerProblems } from '../platform/problems.ts'
import type { Tokens } from '../platform/tokens.ts'
import { routeAccessLogs } from './access-logs.ts'
import { buildBodyReader } from './body-reader.ts'
import { buildByteBudget } from './byte-budget.ts'
import type { IngestConfig } from './config.ts'
import { closeConnectionsWhenDrained } from './drain.ts'
import { routeEngineMetrics } from './engine-metrics.ts'
import { otlpPaths, routeOtlp } from './otlp/routes.ts'
import { buildPublisher } from './publish.ts'
import { buildRateLimit } from './rate-limit.ts'
import { routeRemoteWrite, WRITE_PATH } from './remote-write/routes.ts'
import type { RequestDeps } from './request-deps.ts'
import { closeConnectionsOfUnreadBodies } from './unread-body.ts'

/** What ingest needs. Without `tokens` it takes requests from this machine only. */
export interface IngestDeps {
  eventLog: Pick<EventLog, 'append'>
  tokens: Tokens | undefined
  metrics: Metrics<'ingest'>
  progress: Progress
  logger: Logger
  now: Now
  /** Parts of the standalone, listed on the health page. */
  parts?: ProbeDeps['parts']
}

/** A body must be here within this time; a sender that trickles bytes would hold its share of the budget for ever. */
const REQUEST_TIMEOUT_MS = 60 * SECOND

/** Builds the HTTP side of ingest; it does not listen yet. Closing it waits for the requests under way. */
export function buildIngestApp(config: IngestConfig, deps: IngestDeps): FastifyInstance {
  const app = fastify({
    logger: false,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: 'idle',
    http: { connectionsCheckingInterval: SECOND },
  })
  // Bodies are read by the routes, as streams with their own limits; no parser of the framework may touch them.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, _payload, done) => done(null, undefined))
  registerProblems(app, deps)
  closeConnectionsWhenDrained(app)
  closeConnectionsOfUnreadBodies(app)
  const requestDeps: RequestDeps = {
    tokens: deps.tokens,
    metrics: deps.metrics,
    budget: buildByteBudget(config.maxBytesInFlight, heldBytes => deps.metrics.ingest_in_flight_bytes.set({}, heldBytes)),
    rateLimit: buildRateLimit(config, deps.now),
    publisher: buildPublisher(config, deps),
    reader: buildBodyReader(),
    logger: deps.logger,
    now: deps.now,
  }
  app.addHook('onClose', async () => await requestDeps.reader[Symbol.asyncDispose]())
  routeAccessLogs(app, config, requestDeps)
  routeEngineMetrics(app, config, requestDeps)
  routeOtlp(app, config, requestDeps)
  routeRemoteWrite(app, config, requestDeps)
  routeProbes(app, deps)
  countRequests(app, deps.metrics)
  return app
}

function routeProbes(app: FastifyInstance, deps: IngestDeps): void {
  for (const path of ['/healthz', '/readyz', '/metrics']) {
    app.get(path, async (_request, reply) => {
      const answer = await probeAnswer(path, { progress: deps.progress, registry: deps.metrics.registry, parts: deps.parts })
      return reply
        .code(answer?.status ?? 404)
        .header('content-type', answer?.contentType)
        .send(answer?.body)
    })
  }
}

/** Endpoints by path, as metrics name them. */
const endpoints = new Map<string, EndpointName>([
  ['/v1/access-logs', 'access-logs'],
  ['/v1/engine-metrics', 'engine-metrics'],
  [WRITE_PATH, 'remote-write'],
  ...otlpPaths.map(({ path, endpoint }) => [path, endpoint] as const),
])
type EndpointName = (typeof metricCatalogue.ingest_requests_total.labels.endpoint)[number]

function countRequests(app: FastifyInstance, metrics: Metrics<'ingest'>): void {
  app.addHook('onResponse', async (request, reply) => {
    const endpoint = endpoints.get(request.routeOptions.url ?? '')
    if (endpoint === undefined) return
    const status = reply.statusCode >= 500 ? '5xx' : reply.statusCode >= 400 ? '4xx' : '2xx'
    metrics.ingest_requests_total.inc({ endpoint, status })
  })
}
