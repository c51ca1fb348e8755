import swagger from '@fastify/swagger'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import type { Now } from '../../platform/clock.ts'
import { AppError } from '../../platform/errors.ts'
import { type Progress, probeAnswer } from '../../platform/health.ts'
import type { Logger } from '../../platform/log.ts'
import type { Metrics } from '../../platform/metrics.ts'
import { problemFrom, problemHeaders, registerProblems } from '../../platform/problems.ts'
import type { Tokens } from '../../platform/tokens.ts'
import { budgetsEndpoint, registerBudgets } from '../reports/budgets.ts'
import { chargesReport, costDriftReport } from '../reports/charges.ts'
import { answerCompleteness, completenessAskable } from '../reports/completeness.ts'
import { latencyReport } from '../reports/latency.ts'
import { poolCostsReport, poolUseReport } from '../reports/pool-costs.ts'
import { providersReport } from '../reports/providers.ts'
import { answerReport, type Report } from '../reports/report.ts'
import { resilienceReport } from '../reports/resilience.ts'
import { saturationReport } from '../reports/saturation.ts'
import { usageReport } from '../reports/usage.ts'
import { focusEndpoint, registerFocusExport } from '../statements/export-focus.ts'
import { registerStatements, statementEndpoints } from '../statements/statements.ts'
import { registerLocalOnly } from './local-only.ts'
import { completenessSchema, openapiHead, reportSchema } from './openapi.ts'
import type { RawParameters } from './parameters.ts'
import { defaultReadLimits } from './read-limits.ts'
import { buildReaderOf, type Reader } from './readers.ts'

/** What the API is told. */
export interface ApiConfig {
  queryTimeoutMs: number
  /** Most rows that one query may read from tables. */
  maxRowsRead?: number
}

/** What the API needs. Without `tokens` every reader is an operator: only for loopback addresses. */
export interface ApiDeps {
  clickhouse: ClickHouse
  tokens: Pick<Tokens, 'lookup'> | undefined
  logger: Logger
  metrics: Metrics<'api'>
  progress: Progress
  now: Now
}

/** Every report, in the order of the index. */
export const reports: readonly Report[] = [
  usageReport,
  latencyReport,
  saturationReport,
  resilienceReport,
  providersReport,
  chargesReport,
  costDriftReport,
  poolCostsReport,
  poolUseReport,
]

// The longest cursor, encoded, of seven columns of 4,096 characters.
const MAX_HEADER_BYTES = 128 * 1024

/** Builds the HTTP server of the read API; nothing listens and nothing is read until it is started. */
export function buildApi(config: ApiConfig, deps: ApiDeps): FastifyInstance {
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
  // Parameters are read by parameters.ts, which names every fault at once, and rows are built from their schema:
  // here the schemas only describe.
  app.setValidatorCompiler(() => () => true)
  app.setSerializerCompiler(() => data => JSON.stringify(data))
  registerMetrics(app, deps.metrics)
  if (deps.tokens === undefined) registerLocalOnly(app)
  // Loaded in this order: the first sees every route that the second adds.
  app.register(swagger, { openapi: openapiHead })
  app.register((routes, _options, done) => {
    registerRoutes(routes, config, deps)
    done()
  })
  return app
}

function registerRoutes(app: FastifyInstance, config: ApiConfig, deps: ApiDeps): void {
  const readerOf = buildReaderOf(deps.tokens)
  const limits = { ...defaultReadLimits, timeoutMs: config.queryTimeoutMs, ...(config.maxRowsRead && { maxRowsRead: config.maxRowsRead }) }
  const readDeps = { clickhouse: deps.clickhouse, now: deps.now, limits }
  const answered =
    <T>(answer: (raw: RawParameters, reader: Reader) => Promise<T>) =>
    async (request: FastifyRequest): Promise<T> => {
      const reader = readerOf(request.headers.authorization)
      return await answer(request.query as RawParameters, reader)
    }
  for (const report of reports) {
    app.get(
      report.path,
      { schema: reportSchema(report) },
      answered((raw, reader) => answerReport(report, raw, reader, readDeps)),
    )
  }
  app.get(
    completenessAskable.path,
    { schema: completenessSchema() },
    answered((raw, reader) => answerCompleteness(raw, reader, readDeps)),
  )
  registerStatements(app, { ...readDeps, readerOf })
  registerFocusExport(app, { ...readDeps, readerOf })
  registerBudgets(app, { ...readDeps, readerOf })
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger())
  app.get('/', { schema: { hide: true } }, () => index)
  registerProbes(app, deps)
}

function registerProbes(app: FastifyInstance, deps: ApiDeps): void {
  for (const path of ['/healthz', '/readyz', '/metrics']) {
    app.get(path, { schema: { hide: true } }, async (_request, reply) => {
      const isReady = path !== '/readyz' || (await hasTables(deps.clickhouse))
      const answer = await probeAnswer(path, { progress: deps.progress, registry: deps.metrics.registry, isReady: () => isReady })
      return reply
        .code(answer?.status ?? 404)
        .type(answer?.contentType ?? 'text/plain')
        .send(answer?.body)
    })
  }
}

async function hasTables(clickhouse: ClickHouse): Promise<boolean> {
  return await clickhouse.query('SELECT 1 FROM {database}.settled_windows LIMIT 0', {}, { max_execution_time: 2 }).then(
    () => true,
    () => false,
  )
}

function registerMetrics(app: FastifyInstance, metrics: Metrics<'api'>): void {
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown'
    metrics.api_request_duration_seconds.observe({ route, status: `${Math.floor(reply.statusCode / 100)}xx` }, reply.elapsedTime / 1000)
    done()
  })
  app.addHook('onError', (_request, _reply, error, done) => {
    const code = (error as unknown) instanceof AppError ? (error as unknown as AppError).code : ''
    if (code === 'API_UNAUTHENTICATED') metrics.api_requests_rejected_total.inc({ reason: 'unauthenticated' })
    if (code === 'API_FORBIDDEN') metrics.api_requests_rejected_total.inc({ reason: 'forbidden' })
    if (code === 'API_REQUEST_INVALID') metrics.api_requests_rejected_total.inc({ reason: 'invalid' })
    done()
  })
}

const index = {
  name: 'Weir read API',
  openapi: '/openapi.json',
  endpoints: [
    ...reports.map(report => ({ path: report.path, summary: report.summary })),
    statementEndpoints[0],
    focusEndpoint,
    budgetsEndpoint,
    { path: completenessAskable.path, summary: 'What arrived, what is settled, and whether the books balance' },
  ],
  probes: ['/healthz', '/readyz', '/metrics'],
} as const
