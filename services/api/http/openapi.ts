import type { FastifySchema } from 'fastify'
import Type, { type TSchema } from 'typebox'
import { CompletenessAnswer, completenessAskable } from '../reports/completeness.ts'
import { CompletenessSummary } from '../reports/completeness-summary.ts'
import { PAGE_ROWS, type Report } from '../reports/report.ts'

/** The head of /openapi.json. */
export const openapiHead = {
  openapi: '3.1.0',
  info: {
    title: 'Weir read API',
    version: '1.0.0',
    description:
      'Settled figures of an AI gateway: usage, cost, latency, pools, retries and fallbacks. Counts are integers, money is exact decimal text, times are ISO 8601 in UTC.',
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  components: {
    securitySchemes: {
      token: {
        type: 'http' as const,
        scheme: 'bearer',
        description: 'a tenant sees its tenants, an operator everything; senders may not read',
      },
    },
  },
} as const

const filterDescriptions: Readonly<Record<string, string>> = {
  tenant_id: 'who is charged; a tenant token may name its own only',
  model: 'model asked for (request_model), or served by a pool',
  pool: 'self-hosted group of model servers',
  provider: 'external API',
}

const Problem = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    code: Type.String(),
    instance: Type.String(),
  },
  { description: 'Problem document (RFC 9457)', additionalProperties: true },
)

/** Answers of every route that tell of a fault. */
export const problems = { 400: Problem, 401: Problem, 403: Problem, 500: Problem, 503: Problem }

const period = {
  from: Type.Optional(
    Type.String({ format: 'date-time', description: 'start, inclusive: windows that start from here on; default: an hour before to' }),
  ),
  to: Type.Optional(Type.String({ format: 'date-time', description: 'end, exclusive; default: the end of the minute that runs now' })),
  format: Type.Optional(Type.Literal('json')),
}

const limit = (most: number, fallback: number, description: string) =>
  Type.Optional(Type.Integer({ minimum: 1, maximum: most, default: fallback, description }))

const filter = (name: string) =>
  Type.Optional(
    Type.Array(Type.String(), { description: `${filterDescriptions[name] ?? `exact value of ${name}`}; repeat it for several values` }),
  )

/** The schema of a report's route: its parameters and its answer. */
export function reportSchema(report: Report): FastifySchema {
  const groups = Object.fromEntries(report.dimensions.map(name => [name, Type.Optional(report.dimensionSchemas?.[name] ?? Type.String())]))
  const row = Type.Object({
    window_start: Type.Optional(Type.String({ format: 'date-time', description: 'start of the step; only with step' })),
    ...groups,
    ...Object.fromEntries(report.fixedKeys.map(name => [name, Type.String()])),
    ...report.measures.properties,
  })
  return {
    ...about(report),
    querystring: Type.Object({
      ...period,
      group_by: Type.Optional(
        Type.String({
          description: `comma-separated list of ${report.dimensions.join(', ')}, or none for one total; default: all of them`,
        }),
      ),
      step: Type.Optional(
        Type.String({ description: '1m, 5m, 1h, 1d or an ISO 8601 duration of whole minutes; default: the whole range is one' }),
      ),
      limit: limit(PAGE_ROWS.most, PAGE_ROWS.default, 'rows of a page'),
      cursor: Type.Optional(Type.String({ description: 'next_cursor of the page before' })),
      tenant_id: filter('tenant_id'),
      ...Object.fromEntries(Object.keys(report.conditions).map(name => [name, filter(name)])),
    }),
    response: {
      200: Type.Object({
        from: Type.String({ format: 'date-time' }),
        to: Type.String({ format: 'date-time' }),
        step: Type.Union([Type.String(), Type.Null()]),
        completeness: CompletenessSummary,
        rows: Type.Array(row),
        next_cursor: Type.Union([Type.String(), Type.Null()], { description: 'null: this is the last page' }),
      }),
      ...problems,
    },
  }
}

/** The schema of the completeness route. */
export function completenessSchema(): FastifySchema {
  return {
    ...about({
      summary: 'What arrived, what is settled, and whether the books balance',
      description:
        'Counts of lines, rows, requests and attempts go by window, that is by when requests started; dead letters and the balance by when the event log took the message.',
    }),
    querystring: Type.Object({
      ...period,
      limit: limit(completenessAskable.maxLimit, completenessAskable.defaultLimit, 'length of the lists of dead letters and conflicts'),
      tenant_id: filter('tenant_id'),
    }),
    response: { 200: CompletenessAnswer as TSchema, ...problems },
  }
}

function about(texts: { summary: string; description: string }): FastifySchema {
  return { summary: texts.summary, description: texts.description, tags: ['reports'], security: [{ token: [] }] }
}
