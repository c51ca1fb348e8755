import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { buildDrafts } from '../../money/statements/build-drafts.ts'
import { changedStatements } from '../../money/statements/corrected-months.ts'
import type { DraftSource } from '../../money/statements/draft-source.ts'
import { checkKnown, knownTenants } from '../../money/statements/known-tenants.ts'
import { liveSource } from '../../money/statements/live-source.ts'
import { renderStatements, type StatementFormat } from '../../money/statements/render-statements.ts'
import type { Statement } from '../../money/statements/statement.ts'
import { statementCsvHeader, statementCsvLines } from '../../money/statements/statement-csv.ts'
import { statementJson, statementJsonText } from '../../money/statements/statement-json.ts'
import {
  asIssued,
  countLines,
  readHeads,
  readLines,
  readNewestHeads,
  readStatements,
  type StoredHead,
  type StoredStatement,
} from '../../money/statements/store.ts'
import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import { AppError } from '../../platform/errors.ts'
import type { RawParameters } from '../http/parameters.ts'
import { limitedClickHouse } from '../http/read-limits.ts'
import { type Reader, scopeOf } from '../http/readers.ts'
import {
  after,
  asked,
  format,
  inTurn,
  invalid,
  month,
  monthOf,
  type StatementDeps,
  schemaOf,
  tenant_id,
  valuesOf,
} from './statement-request.ts'

/** The endpoints; the index names the first, which lists what the others take. */
export const statementEndpoints = [
  { path: '/v1/statements', summary: 'Closed statements' },
  { path: '/v1/statements/draft', summary: 'What a tenant owes for a month as things stand now' },
  { path: '/v1/statements/:statement_id', summary: 'A closed statement as JSON, CSV or a printable page' },
] as const

/** Statements of a page of the list. */
const PAGE_HEADS = 500
/** Most lines of an answer that is not written piece by piece from the tables, and most sums of quantities of a draft. */
const MAX_LINES = 25_000

const mediaTypes = { json: 'application/json; charset=utf-8', csv: 'text/csv; charset=utf-8', html: 'text/html; charset=utf-8' } as const
type ApiFormat = Exclude<StatementFormat, 'text'>

/** Adds the endpoints of statements. A tenant's token reads its own statements; of another's it is told that there is none. */
export function registerStatements(app: FastifyInstance, deps: StatementDeps): void {
  const clickhouse = limitedClickHouse(deps)
  const [list, draft, one] = statementEndpoints
  app.get(list.path, { schema: schemaOf(list.summary, { tenant_id, month, after }) }, async request => {
    const { raw, reader } = asked(request, deps.readerOf, ['tenant_id', 'month', 'after'])
    const scope = scopeOf(reader, valuesOf(raw, 'tenant_id'))
    const filter = { tenants: scope.isAll ? undefined : scope.tenants, month: monthOf(raw, false) }
    const [last] = raw['after'] === undefined ? [] : await readHeads({ ...filter, statement_id: String(raw['after']) }, clickhouse)
    if (raw['after'] !== undefined && last === undefined)
      throw invalid('after is no statement of this list: give the next_after of a page of it')
    const heads = await readNewestHeads(filter, { limit: PAGE_HEADS + 1, after: last }, clickhouse)
    const page = heads.slice(0, PAGE_HEADS)
    return {
      statements: page.map(({ version: _version, ...head }) => headJson(asIssued(head), reader)),
      next_after: heads.length > page.length ? page.at(-1)?.statement_id : null,
    }
  })
  app.get(draft.path, { schema: schemaOf(draft.summary, { tenant_id, month, format }) }, async (request, reply) => {
    const { raw, reader } = asked(request, deps.readerOf, ['tenant_id', 'month', 'format'])
    const [tenant, ...more] = valuesOf(raw, 'tenant_id') ?? []
    if (tenant === undefined || more.length > 0) throw invalid('tenant_id is needed once')
    scopeOf(reader, [tenant])
    const monthText = monthOf(raw, true) as string
    const statement = await inTurn(request, deps, async () => {
      const source = await liveSource(clickhouse, { draftAtMs: deps.now() })
      return await draftOf(tenant, monthText, reader, { ...source, maxQuantities: MAX_LINES })
    })
    return send(reply, statement, formatOf(raw), reader)
  })
  app.get(one.path, { schema: schemaOf(one.summary, { format }) }, async (request, reply) => {
    const { raw, reader } = asked(request, deps.readerOf, ['format'])
    const { statement_id } = request.params as { statement_id: string }
    const [head] = await readHeads({ statement_id }, clickhouse)
    if (head === undefined || (reader.role === 'tenant' && !reader.tenants.includes(head.tenant_id))) {
      throw new AppError(
        'STATEMENT_UNKNOWN',
        `there is no closed statement ${JSON.stringify(statement_id.slice(0, 100))}: /v1/statements lists them`,
      )
    }
    const chosen = formatOf(raw)
    if (chosen === 'csv')
      return guarded(reply)
        .type(mediaTypes.csv)
        .send(Readable.from(csvOf(head, clickhouse)))
    const lines = await countLines(head, clickhouse)
    if (lines > MAX_LINES)
      throw new AppError(
        'STATEMENT_TOO_LARGE',
        `the statement has ${lines} lines, an answer as ${chosen} at most ${MAX_LINES}: ask for format=csv`,
      )
    const [found] = await inTurn(request, deps, () => readStatements({ statement_id }, clickhouse))
    return send(reply, asIssued(found as StoredStatement), chosen, reader)
  })
}

async function* csvOf(head: StoredHead, clickhouse: ClickHouse): AsyncGenerator<string> {
  yield statementCsvHeader()
  for await (const lines of readLines(head, clickhouse)) yield statementCsvLines(head, lines)
}

async function draftOf(tenant: string, monthText: string, reader: Reader, source: DraftSource): Promise<Statement> {
  // Names of other tenants are for operators.
  if (reader.role === 'operator') checkKnown(tenant, await knownTenants(source.terms, source.clickhouse))
  const changed = await changedStatements(monthText, source.terms, [tenant], source.clickhouse)
  const choice = { month: monthText, tenants: [tenant], corrected: changed.map(head => head.statement_id) }
  const [statement] = await buildDrafts(choice, source)
  return statement as Statement
}

function formatOf(raw: RawParameters): ApiFormat {
  const chosen = (raw['format'] ?? 'json') as ApiFormat
  if (!Object.hasOwn(mediaTypes, chosen)) throw invalid(`format is ${JSON.stringify(raw['format'])}, expected json, csv or html`)
  return chosen
}

function send(reply: FastifyReply, statement: Statement, chosen: ApiFormat, reader: Reader): FastifyReply {
  const view = { seesVolumes: reader.role === 'operator' }
  const answer = guarded(reply).type(mediaTypes[chosen])
  if (chosen === 'json') return answer.send(Readable.from(statementJsonText(statement, view)))
  return answer.send(renderStatements([statement], chosen, view))
}

/** A statement holds text of gateways: nothing of it may run, load or be taken for another type, should an escape ever be missed. */
export function guarded(reply: FastifyReply): FastifyReply {
  const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
  return reply.header('content-security-policy', policy).header('x-content-type-options', 'nosniff')
}

function headJson(head: Statement, reader: Reader): object {
  const { lines: _lines, details: _details, ...rest } = statementJson(head, { seesVolumes: reader.role === 'operator' })
  return rest
}
