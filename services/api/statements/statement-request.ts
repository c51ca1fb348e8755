/** What the endpoints of statements and their exports share: parameters, who asks, limits. */
import type { FastifyRequest, FastifySchema } from 'fastify'
import Type from 'typebox'
import { buildBillingMonth } from '../../money/statements/billing-month.ts'
import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import type { Now } from '../../platform/clock.ts'
import { AppError } from '../../platform/errors.ts'
import { problems } from '../http/openapi.ts'
import type { RawParameters } from '../http/parameters.ts'
import type { ReadLimits } from '../http/read-limits.ts'
import type { Reader, ReaderOf } from '../http/readers.ts'
import type { RequestQueue } from '../http/request-queue.ts'

/** What these endpoints need. */
export interface StatementDeps {
  clickhouse: ClickHouse
  limits: ReadLimits
  readerOf: ReaderOf
  now: Now
  /** Drafts, statements and exports are made through it. */
  heavy: RequestQueue
}

/** The parameters and who asks. Throws API_REQUEST_INVALID for a parameter that is not `known`, and what `readerOf` throws. */
export function asked(request: FastifyRequest, readerOf: ReaderOf, known: readonly string[]): { raw: RawParameters; reader: Reader } {
  const reader = readerOf(request.headers.authorization)
  const raw = request.query as RawParameters
  const unknown = Object.keys(raw).filter(name => !known.includes(name))
  if (unknown.length > 0)
    throw invalid(`${unknown.map(name => JSON.stringify(name)).join(', ')} is no parameter here, expected ${known.join(', ')}`)
  return { raw, reader }
}

/** All values of a parameter; undefined: it is absent. */
export function valuesOf(raw: RawParameters, name: string): readonly string[] | undefined {
  const given = raw[name]
  return typeof given === 'string' ? [given] : given
}

/** The month that is asked for. Throws API_REQUEST_INVALID or STATEMENT_INVALID. */
export function monthOf(raw: RawParameters, isNeeded: boolean): string | undefined {
  const given = raw['month']
  if (given === undefined && !isNeeded) return undefined
  if (typeof given !== 'string') throw invalid('month is needed once, as YYYY-MM')
  buildBillingMonth(given, 'UTC')
  return given
}

/** What `work` gives, in the turn of the request's token. Rejects with API_OVERLOADED when too many wait, and as `work` does. */
export async function inTurn<Result>(request: FastifyRequest, { heavy }: StatementDeps, work: () => Promise<Result>): Promise<Result> {
  const leave = await heavy.enter(request.headers.authorization ?? '')
  try {
    return await work()
  } finally {
    leave()
  }
}

/** API_REQUEST_INVALID. */
export function invalid(message: string): AppError {
  return new AppError('API_REQUEST_INVALID', message)
}

/** Parameter: tenants. */
export const tenant_id = Type.Optional(
  Type.Array(Type.String(), { description: 'who is charged; a tenant token may name its own only. A draft is of one' }),
)
/** Parameter: the month. */
export const month = Type.Optional(
  Type.String({ pattern: '^\\d{4}-\\d{2}$', description: 'billing month, YYYY-MM, in the time zone of the tenant' }),
)
/** Parameter: where a page begins. */
export const after = Type.Optional(Type.String({ description: 'next_after of the page before' }))
/** Parameter: how a statement is written. */
export const format = Type.Optional(
  Type.Union([Type.Literal('json'), Type.Literal('csv'), Type.Literal('html')], { default: 'json', description: 'form of the document' }),
)

/** Schema of an endpoint for the OpenAPI document. */
export function schemaOf(summary: string, parameters: Record<string, ReturnType<typeof Type.Optional>>): FastifySchema {
  return {
    summary,
    description: 'Money is exact decimal text; docs/statements.md says what stands on a statement.',
    tags: ['statements'],
    security: [{ token: [] }],
    querystring: Type.Object(parameters as never),
    response: {
      200: Type.Object({}, { description: 'the document, as docs/statements.md describes it', additionalProperties: true }),
      ...problems,
    },
  }
}
