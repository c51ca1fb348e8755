import type { FastifyInstance, FastifyReply, FastifyRequest, FastifySchema } from 'fastify'
import Type from 'typebox'
import { newestPriceVersion } from '../../money/price-book/stored-prices.ts'
import { readPositions } from '../../money/statements/as-of.ts'
import { buildBillingMonth } from '../../money/statements/billing-month.ts'
import { buildDrafts } from '../../money/statements/build-drafts.ts'
import { changedStatements } from '../../money/statements/corrected-months.ts'
import { checkKnown, knownTenants } from '../../money/statements/known-tenants.ts'
import { readFacts } from '../../money/statements/read-facts.ts'
import { renderStatements, type StatementFormat } from '../../money/statements/render-statements.ts'
import type { Statement } from '../../money/statements/statement.ts'
import { statementJson } from '../../money/statements/statement-json.ts'
import { readHeads, readStatements } from '../../money/statements/store.ts'
import { readTerms } from '../../money/terms/terms-store.ts'
import type { ClickHouse } from '../platform/clickhouse/client.ts'
import { AppError } from '../platform/errors.ts'
import type { RawParameters } from './parameters.ts'
import { type ReadLimits, readRows } from './read-limits.ts'
import { type Reader, type ReaderOf, scopeOf } from './readers.ts'

/** The endpoints; the index names the first, which lists what the others take. */
export const statementEndpoints = [
  { path: '/v1/statements', summary: 'Closed statements' },
  { path: '/v1/statements/draft', summary: 'What a tenant owes for a month as things stand now' },
  { path: '/v1/statements/:statement_id', summary: 'A closed statement as JSON, CSV or a printable page' },
] as const

const mediaTypes = { json: 'application/json; charset=utf-8', csv: 'text/csv; charset=utf-8', html: 'text/html; charset=utf-8' } as const
type ApiFormat = Exclude<StatementFormat, 'text'>

/** Adds the endpoints of statements. A tenant's token reads its own statements; of another's it is told that there is none. */
export function registerStatements(app: FastifyInstance, deps: { clickhouse: ClickHouse; limits: ReadLimits; readerOf: ReaderOf }): void {
  const clickhouse = limited(deps)
  const [list, draft, one] = statementEndpoints
  app.get(list.path, { schema: schemaOf(list.summary, { tenant_id, month }) }, async request => {
    const { raw, reader } = asked(request, deps.readerOf, ['tenant_id', 'month'])
    const scope = scopeOf(reader, valuesOf(raw, 'tenant_id'))
    const heads = await readHeads({ tenants: scope.isAll ? undefined : scope.tenants, month: monthOf(raw, false) }, clickhouse)
    return { statements: heads.reverse().map(({ version: _version, live_version: _live, ...head }) => headJson(head, reader)) }
  })
  app.get(draft.path, { schema: schemaOf(draft.summary, { tenant_id, month, format }) }, async (request, reply) => {
    const { raw, reader } = asked(request, deps.readerOf, ['tenant_id', 'month', 'format'])
    const [tenant, ...more] = valuesOf(raw, 'tenant_id') ?? []
    if (tenant === undefined || more.length > 0) throw invalid('tenant_id is needed once')
    scopeOf(reader, [tenant])
    const statement = await draftOf(tenant, monthOf(raw, true) as string, reader, clickhouse)
    return send(reply, statement, raw, reader)
  })
  app.get(one.path, { schema: schemaOf(one.summary, { format }) }, async (request, reply) => {
    const { raw, reader } = asked(request, deps.readerOf, ['format'])
    const { statement_id } = request.params as { statement_id: string }
    const [found] = await readStatements({ statement_id }, clickhouse)
    if (found === undefined || (reader.role === 'tenant' && !reader.tenants.includes(found.tenant_id))) {
      throw new AppError(
        'STATEMENT_UNKNOWN',
        `there is no closed statement ${JSON.stringify(statement_id.slice(0, 100))}: /v1/statements lists them`,
      )
    }
    const { live_version: _live, ...statement } = found
    return send(reply, statement, raw, reader)
  })
}

async function draftOf(tenant: string, month: string, reader: Reader, clickhouse: ClickHouse): Promise<Statement> {
  const [terms, price_version, positions] = await Promise.all([
    readTerms(clickhouse),
    newestPriceVersion(clickhouse),
    readPositions(clickhouse),
  ])
  // Names of other tenants are for operators.
  if (reader.role === 'operator') checkKnown(tenant, await knownTenants(terms, clickhouse))
  const changed = await changedStatements(month, terms, [tenant], clickhouse)
  const choice = { month, tenants: [tenant], corrected: changed.map(head => head.statement_id) }
  const [statement] = await buildDrafts(choice, { clickhouse, terms, price_version, positions, readFacts })
  return statement as Statement
}

function send(reply: FastifyReply, statement: Statement, raw: RawParameters, reader: Reader): FastifyReply {
  const chosen = (raw['format'] ?? 'json') as ApiFormat
  if (!Object.hasOwn(mediaTypes, chosen)) throw invalid(`format is ${JSON.stringify(raw['format'])}, expected json, csv or html`)
  const view = { seesVolumes: reader.role === 'operator' }
  return reply.type(mediaTypes[chosen]).send(renderStatements([statement], chosen, view))
}

function headJson(head: Statement, reader: Reader): object {
  const { lines: _lines, details: _details, ...rest } = statementJson(head, { seesVolumes: reader.role === 'operator' })
  return rest
}

function asked(request: FastifyRequest, readerOf: ReaderOf, known: readonly string[]): { raw: RawParameters; reader: Reader } {
  const reader = readerOf(request.headers.authorization)
  const raw = request.query as RawParameters
  const unknown = Object.keys(raw).filter(name => !known.includes(name))
  if (unknown.length > 0)
    throw invalid(`${unknown.map(name => JSON.stringify(name)).join(', ')} is no parameter here, expected ${known.join(', ')}`)
  return { raw, reader }
}

function valuesOf(raw: RawParameters, name: string): readonly string[] | undefined {
  const given = raw[name]
  return typeof given === 'string' ? [given] : given
}

function monthOf(raw: RawParameters, isNeeded: boolean): string | undefined {
  const given = raw['month']
  if (given === undefined && !isNeeded) return undefined
  if (typeof given !== 'string') throw invalid('month is needed once, as YYYY-MM')
  buildBillingMonth(given, 'UTC')
  return given
}

function invalid(message: string): AppError {
  return new AppError('API_REQUEST_INVALID', message)
}

/** Queries within the limits of the API; nothing can be written through it. */
function limited(deps: { clickhouse: ClickHouse; limits: ReadLimits }): ClickHouse {
  return { ...deps.clickhouse, query: <Row>(sql: string, parameters = {}) => readRows<Row>(sql, parameters, deps) }
}

const tenant_id = Type.Optional(
  Type.Array(Type.String(), { description: 'who is charged; a tenant token may name its own only. A draft is of one' }),
)
const month = Type.Optional(
  Type.String({ pattern: '^\\d{4}-\\d{2}$', description: 'billing month, YYYY-MM, in the time zone of the tenant' }),
)
const format = Type.Optional(Type.Union([Type.Literal('json'), Type.Literal('csv'), Type.Literal('html')], { default: 'json' }))

function schemaOf(summary: string, parameters: Record<string, ReturnType<typeof Type.Optional>>): FastifySchema {
  return {
    summary,
    description: 'Money is exact decimal text; docs/statements.md says what stands on a statement.',
    tags: ['statements'],
    security: [{ token: [] }],
    querystring: Type.Object(parameters as never),
  }
}
