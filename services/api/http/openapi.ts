import type { FastifySchema } from 'fastify'
import Type from 'typebox'

/** The head of /openapi.json. */
export const openapiHead = {
  openapi: '3.1.0',
  info: {
    title: 'Weir read API',
    version: '1.0.0',
    description:
      'Settled figures of an AI gateway: usage, cost, latency, pools, retries and fallbacks. Counts are integers, money is exact ' +
      'decimal text, times are ISO 8601 in UTC.',
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
export const problems = { 400: Problem, 401: Problem, 403: Problem, 429: Problem, 500: Problem, 503: Problem }

/** Parameters of a question: its range. */
export const periodParameters = {
  from: Type.Optional(
    Type.String({ description: 'start, inclusive: windows that start from here on; ISO 8601 or now-6h; default: an hour before to' }),
  ),
  to: Type.Optional(Type.String({ description: 'end, exclusive; ISO 8601 or now; default: the end of the minute that runs now' })),
  format: Type.Optional(Type.Literal('json', { description: 'how the answer is written' })),
}

/** Parameter: how much is answered at most. */
export const limitParameter = (most: number, fallback: number, description: string) =>
  Type.Optional(Type.Integer({ minimum: 1, maximum: most, default: fallback, description }))

/** Parameter: exact values of a column. */
export const filterParameter = (name: string) =>
  Type.Optional(
    Type.Array(Type.String(), { description: `${filterDescriptions[name] ?? `exact value of ${name}`}; repeat it for several values` }),
  )

/** What every route of figures says of itself. */
export function about(texts: { summary: string; description: string }): FastifySchema {
  return { summary: texts.summary, description: texts.description, tags: ['reports'], security: [{ token: [] }] }
}
