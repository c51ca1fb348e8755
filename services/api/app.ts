import type { FastifyInstance } from 'fastify'
import type { EgressPolicy } from '../answers/egress/egress-policy.ts'
import type { ClickHouse } from '../platform/clickhouse/client.ts'
import type { Now } from '../platform/clock.ts'
import type { EventLog } from '../platform/event-log/port.ts'
import type { ProbeDeps, Progress } from '../platform/health.ts'
import type { Logger } from '../platform/log.ts'
import type { Metrics } from '../platform/metrics.ts'
import type { Tokens } from '../platform/tokens.ts'
import { alertReadEndpoints, registerAlertReads } from './alerts/read-alerts.ts'
import { registerAlertWrites } from './alerts/write-alerts.ts'
import { answerEndpoints, registerAnswers } from './answers/answers.ts'
import { auditEndpoint, registerAudit } from './audit/audit.ts'
import { registerConsole, wantsPage } from './console/console.ts'
import { completeOpenapi } from './http/complete-openapi.ts'
import { registerEtags } from './http/etags.ts'
import { registerFinanceRoutes } from './http/finance-routes.ts'
import { PROBES, registerProbes } from './http/probes.ts'
import { defaultReadLimits } from './http/read-limits.ts'
import { buildHolderOf, buildReaderOf } from './http/readers.ts'
import { buildRequestQueue } from './http/request-queue.ts'
import { buildServer } from './http/server.ts'
import { panelEndpoints, registerPanels } from './panels/panels.ts'
import { registerReports, reportEndpoints } from './reports/reports.ts'
import { registerRequests, requestsEndpoint } from './requests/requests.ts'
import { registerOwnSite } from './session/own-site.ts'
import { registerSession, registerSessionCookie } from './session/session.ts'
import { buildSessions } from './session/sessions.ts'
import { focusEndpoint, registerFocusExport } from './statements/export-focus.ts'
import { registerStatements, statementEndpoints } from './statements/statements.ts'
import { registerStream, streamEndpoint } from './stream/stream.ts'
import { registerTokens } from './tokens/tokens.ts'

/** What the API is told. */
export interface ApiConfig {
  queryTimeoutMs: number
  /** Requests that are answered at once, of all tokens and of one. */
  requestsAtOnce: number
  requestsOfTokenAtOnce: number
  /** Requests of one token that may wait. */
  requestsOfTokenWaiting?: number
  /** Most rows that one query may read from tables. */
  maxRowsRead?: number
}

/** What the API needs. Without `tokens` every reader is an operator: only for loopback addresses. */
export interface ApiDeps {
  clickhouse: ClickHouse
  /** Gives the event log, in which alerting is told things; opened when it is first needed, since readers need none. */
  openEventLog: () => Promise<Pick<EventLog, 'append' | 'offsets'>>
  tokens: Pick<Tokens, 'lookup'> | undefined
  /** The file that they are in, which operators may change. */
  tokensFile?: string | undefined
  logger: Logger
  metrics: Metrics<'api'>
  progress: Progress
  now: Now
  /** Which providers tenants may send to; undefined: all. */
  egressPolicy?: EgressPolicy | undefined
  /** Parts of the standalone, listed on the health page. */
  parts?: ProbeDeps['parts']
}

/** Requests of one token that may wait: a console with many panels, opened in several tabs. */
const MOST_WAITING = 64
/** Drafts and exports hold the rows of a month in memory: two at once, and of one token one, with four that wait. */
const heavyAnswers = { mostOfAll: 2, mostOfOne: 1, mostWaiting: 4 }

/** Builds the HTTP server of the read API; nothing listens and nothing is read until it is started. */
export function buildApi(config: ApiConfig, deps: ApiDeps): FastifyInstance {
  const { clickhouse, now } = deps
  const limits = { ...defaultReadLimits, timeoutMs: config.queryTimeoutMs, ...(config.maxRowsRead && { maxRowsRead: config.maxRowsRead }) }
  const readDeps = { clickhouse, now, limits, readerOf: buildReaderOf(deps.tokens), heavy: buildRequestQueue(heavyAnswers) }
  const sessions = buildSessions(deps)
  const holderOf = buildHolderOf(deps.tokens)
  const addHooks = (app: FastifyInstance) => {
    registerOwnSite(app)
    registerSessionCookie(app, { sessions })
    registerFinanceRoutes(app, deps)
    registerEtags(app)
  }
  const addRoutes = (app: FastifyInstance) => {
    registerReports(app, readDeps)
    registerAnswers(app, { ...readDeps, egressPolicy: deps.egressPolicy })
    registerRequests(app, readDeps)
    registerPanels(app, readDeps)
    registerAudit(app, readDeps)
    registerAlertReads(app, readDeps)
    registerAlertWrites(app, { ...readDeps, openEventLog: deps.openEventLog })
    registerStatements(app, readDeps)
    registerFocusExport(app, readDeps)
    registerStream(app, { ...readDeps, holderOf, logger: deps.logger })
    registerSession(app, { ...deps, sessions })
    registerTokens(app, { ...readDeps, tokensFile: deps.tokensFile })
    registerConsole(app)
    registerProbes(app, deps)
    let described: object | undefined
    app.get('/openapi.json', { schema: { hide: true } }, () => (described ??= completeOpenapi(app.swagger())))
    app.get('/', { schema: { hide: true } }, (request, reply) => {
      reply.header('vary', 'accept')
      return wantsPage(request) ? reply.redirect('/console') : index
    })
  }
  const queue = {
    mostOfAll: config.requestsAtOnce,
    mostOfOne: config.requestsOfTokenAtOnce,
    mostWaiting: config.requestsOfTokenWaiting ?? MOST_WAITING,
  }
  return buildServer({ isLocalOnly: deps.tokens === undefined, queue, addHooks, addRoutes }, { ...deps, holderOf })
}

const index = {
  name: 'Weir read API',
  openapi: '/openapi.json',
  endpoints: [
    ...reportEndpoints,
    ...answerEndpoints,
    requestsEndpoint,
    panelEndpoints[0],
    auditEndpoint,
    ...alertReadEndpoints,
    statementEndpoints[0],
    focusEndpoint,
    streamEndpoint,
  ],
  console: '/console',
  probes: PROBES,
} as const
