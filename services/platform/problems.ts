import { STATUS_CODES } from 'node:http'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import { AppError, type ErrorCode, errorCatalogue } from './errors.ts'

/** A problem document (RFC 9457). `code` is a key of the error catalogue; further members depend on the code. */
export interface Problem {
  type: string
  title: string
  status: number
  detail: string
  code: ErrorCode
  instance: string
  [member: string]: unknown
}

/** Seconds a client is asked to wait with 429 and 503. */
const RETRY_AFTER_S = 5

/** HTTP status of the codes that a client can be answered with; any other is a fault of Weir: 500, without details. */
const statusOfCode: Partial<Record<ErrorCode, number>> = {
  INGEST_UNAUTHENTICATED: 401,
  INGEST_FORBIDDEN: 403,
  INGEST_PARAMETER_INVALID: 400,
  INGEST_BODY_TOO_LARGE: 413,
  INGEST_BODY_INVALID: 400,
  INGEST_ENCODING_UNSUPPORTED: 415,
  INGEST_MEDIA_TYPE_UNSUPPORTED: 415,
  INGEST_LINES_REJECTED: 400,
  INGEST_RATE_EXCEEDED: 429,
  INGEST_OVERLOADED: 503,
  SCRAPE_NOT_READABLE: 400,
  EVENT_LOG_UNAVAILABLE: 503,
  CLICKHOUSE_UNAVAILABLE: 503,
  CLICKHOUSE_OVERLOADED: 503,
  API_UNAUTHENTICATED: 401,
  API_FORBIDDEN: 403,
  API_QUERY_TOO_LARGE: 400,
  API_ROWS_DROPPED: 410,
  API_QUERY_TOO_LONG: 503,
  API_OVERLOADED: 429,
  API_REQUEST_INVALID: 400,
  EXCHANGE_RATE_MISSING: 500,
  STATEMENT_INVALID: 400,
  STATEMENT_TENANT_UNKNOWN: 404,
  STATEMENT_UNKNOWN: 404,
  STATEMENT_TOO_LARGE: 400,
  HTTP_ROUTE_UNKNOWN: 404,
  HTTP_REQUEST_INVALID: 400,
}

/**
 * The problem document of anything thrown. A 4xx tells the AppError's own message; a 5xx tells only the meaning of its code,
 * since its message may name hosts, queries or files.
 */
export function problemFrom(thrown: unknown, instance: string, members: Readonly<Record<string, unknown>> = {}): Problem {
  const code = thrown instanceof AppError ? thrown.code : codeOfForeign(thrown)
  const mapped = statusOfCode[code]
  const status = code === 'HTTP_REQUEST_INVALID' ? (clientStatusOf(thrown) ?? 400) : (mapped ?? 500)
  const shown: ErrorCode = mapped === undefined ? 'INTERNAL_ERROR' : code
  return {
    type: `urn:weir:problem:${shown.toLowerCase().replaceAll('_', '-')}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: status >= 500 ? errorCatalogue[shown].meaning : thrown instanceof Error ? thrown.message : errorCatalogue[shown].meaning,
    code: shown,
    instance,
    ...members,
  }
}

/** The headers that belong to a problem: media type, Retry-After with 429 and 503, WWW-Authenticate with 401. */
export function problemHeaders(problem: Problem): Record<string, string> {
  return {
    'content-type': 'application/problem+json; charset=utf-8',
    ...((problem.status === 429 || problem.status === 503) && { 'retry-after': String(RETRY_AFTER_S) }),
    ...(problem.status === 401 && { 'www-authenticate': 'Bearer' }),
  }
}

/** Makes every error and unknown route of `app` a problem document; 5xx are logged with their cause, 503 as warnings. */
export function registerProblems(app: FastifyInstance, deps: { logger: Pick<FastifyBaseLogger, 'warn' | 'error'> }): void {
  app.setErrorHandler((error, request, reply) => {
    const problem = problemFrom(error, pathOf(request.url))
    if (problem.status === 503)
      deps.logger.warn({ err: error, path: problem.instance }, 'a request was answered 503; the client is asked to try again')
    else if (problem.status >= 500) deps.logger.error({ err: error, path: problem.instance }, 'a request failed by a fault of Weir')
    return reply.code(problem.status).headers(problemHeaders(problem)).send(JSON.stringify(problem))
  })
  app.setNotFoundHandler((request, reply) => {
    const error = new AppError('HTTP_ROUTE_UNKNOWN', `there is no ${request.method} ${pathOf(request.url)} here`)
    const problem = problemFrom(error, pathOf(request.url))
    return reply.code(problem.status).headers(problemHeaders(problem)).send(JSON.stringify(problem))
  })
}

function codeOfForeign(thrown: unknown): ErrorCode {
  return clientStatusOf(thrown) === undefined ? 'INTERNAL_ERROR' : 'HTTP_REQUEST_INVALID'
}

function clientStatusOf(thrown: unknown): number | undefined {
  if (typeof thrown !== 'object' || thrown === null || !('statusCode' in thrown)) return undefined
  const { statusCode } = thrown
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500 ? statusCode : undefined
}

/** The query may hold what a client keeps to itself, so only the path is repeated. */
function pathOf(url: string): string {
  return url.split('?')[0] as string
}
