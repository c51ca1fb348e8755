import type { FastifyInstance, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { Audit, buildAudit } from '../../answers/audit/audit.ts'
import { readAuditFacts } from '../../answers/audit/facts.ts'
import { auditMarkdown } from '../../answers/audit/render-markdown.ts'
import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import { DAY, type Now } from '../../platform/clock.ts'
import { AppError } from '../../platform/errors.ts'
import { about, periodParameters, problems } from '../http/openapi.ts'
import { type Askable, parseQuestion, type RawParameters } from '../http/parameters.ts'
import { limitedClickHouse, type ReadLimits } from '../http/read-limits.ts'
import type { ReaderOf } from '../http/readers.ts'

/** The endpoint, for the index. */
export const auditEndpoint = {
  path: '/v1/audit',
  summary: 'Audit of the platform: six questions, each with evidence and the next step',
} as const

const askable: Askable = {
  path: auditEndpoint.path,
  filters: [],
  defaultLimit: 1,
  maxLimit: 1,
  defaultPeriodMs: DAY,
  formats: ['json', 'markdown'],
}

const schema = {
  ...about({
    summary: auditEndpoint.summary,
    description: 'Walks the platform layer by layer and answers six questions from live data. For operators: it tells of all tenants.',
  }),
  querystring: Type.Object({
    ...periodParameters,
    format: Type.Optional(
      Type.Union([Type.Literal('json'), Type.Literal('markdown')], { default: 'json', description: 'shape of the answer' }),
    ),
  }),
  response: { 200: Audit, ...problems },
}

/** Adds the endpoint. */
export function registerAudit(
  app: FastifyInstance,
  deps: { clickhouse: ClickHouse; now: Now; limits: ReadLimits; readerOf: ReaderOf },
): void {
  app.get(auditEndpoint.path, { schema }, async (request: FastifyRequest, reply) => {
    const reader = deps.readerOf(request.headers.authorization)
    if (reader.role !== 'operator') throw new AppError('API_FORBIDDEN', 'the audit tells of all tenants: it is for operators')
    const { period, format } = parseQuestion(request.query as RawParameters, askable, deps.now)
    const facts = await readAuditFacts({ ...period, nowMs: deps.now() }, { clickhouse: limitedClickHouse(deps) })
    const audit = buildAudit(facts, period)
    return format === 'json' ? audit : reply.type('text/markdown; charset=utf-8').send(auditMarkdown(audit))
  })
}
