import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import { type FocusRow, focusVersions } from '../../money/focus/columns.ts'
import { focusCsv } from '../../money/focus/csv.ts'
import { focusParquet } from '../../money/focus/parquet.ts'
import { focusRows } from '../../money/focus/rows.ts'
import { checkKnown, knownTenants } from '../../money/statements/known-tenants.ts'
import { liveSource } from '../../money/statements/live-source.ts'
import { monthStatements } from '../../money/statements/month-statements.ts'
import type { Statement } from '../../money/statements/statement.ts'
import { limitedClickHouse } from '../http/read-limits.ts'
import { scopeOf } from '../http/readers.ts'
import { asked, inTurn, invalid, month, monthOf, type StatementDeps, schemaOf, tenant_id, valuesOf } from './statement-request.ts'
import { guarded } from './statements.ts'

/** The endpoint, for the index. */
export const focusEndpoint = { path: '/v1/export/focus', summary: 'A billing month as FOCUS 1.2 or 1.3, CSV or Parquet' } as const

/** Most sums of quantities of all drafts of an export: about 300 MB. */
const MAX_QUANTITIES = 200_000
const ROWS_AT_ONCE = 500

const PARAMETERS = ['month', 'tenant_id', 'format', 'focus_version', 'split_cost'] as const
const parameters = {
  month,
  tenant_id,
  format: Type.Optional(Type.Union([Type.Literal('csv'), Type.Literal('parquet')], { default: 'csv', description: 'form of the file' })),
  focus_version: Type.Optional(Type.Union([Type.Literal('1.2'), Type.Literal('1.3')], { default: '1.2', description: 'version of FOCUS' })),
  split_cost: Type.Optional(Type.Boolean({ description: 'adds to 1.2 the split-cost columns of FOCUS 1.3', default: false })),
}

/** Adds the export: closed statements as issued, drafts where the month is open; a tenant's token gets its own tenants only. */
export function registerFocusExport(app: FastifyInstance, deps: StatementDeps): void {
  const clickhouse = limitedClickHouse(deps)
  app.get(focusEndpoint.path, { schema: schemaOf(focusEndpoint.summary, parameters) }, async (request, reply) => {
    const { raw, reader } = asked(request, deps.readerOf, PARAMETERS)
    const scope = scopeOf(reader, valuesOf(raw, 'tenant_id'))
    const monthText = monthOf(raw, true) as string
    const format = raw['format'] ?? 'csv'
    if (format !== 'csv' && format !== 'parquet') throw invalid(`format is ${JSON.stringify(format)}, expected csv or parquet`)
    const shape = { version: versionOf(raw['focus_version']), isSplitCost: flagOf(raw['split_cost']) }
    const source = await liveSource(clickhouse, { draftAtMs: deps.now() })
    const known = scope.isAll || reader.role === 'operator' ? await knownTenants(source.terms, clickhouse) : scope.tenants
    for (const tenant of scope.isAll ? [] : scope.tenants) checkKnown(tenant, known)
    const leftOut: string[] = []
    // Of several tenants those whose draft cannot be made are named; a tenant that asks for its own is told why.
    const onRefused = reader.role === 'operator' ? (tenant: string) => leftOut.push(tenant) : undefined
    const choice = { month: monthText, tenants: scope.isAll ? known : scope.tenants, ...(onRefused && { onRefused }) }
    const statements = monthStatements(choice, { ...source, maxQuantities: MAX_QUANTITIES })
    // All drafts are made before the first is given, so that a fault is an answer of its own and no end in the middle of a file.
    const first = await inTurn(request, deps, () => statements.next())
    const rows = rowsOf(first, statements, { seesVolumes: scope.seesVolumes })
    if (leftOut.length > 0) reply.header('weir-left-out', leftOut.map(encodeURIComponent).join(', '))
    guarded(reply).header('content-disposition', `attachment; filename="focus-${monthText}.${format}"`)
    if (format === 'csv') return reply.type('text/csv; charset=utf-8').send(Readable.from(focusCsv(rows, shape)))
    return reply.type('application/vnd.apache.parquet').send(await focusParquet(rows, shape, { clickhouse }))
  })
}

/** Rows of the statements; gives way to others now and then. The ratio of a split cost tells the cost of all: operators only. */
async function* rowsOf(
  first: IteratorResult<Statement>,
  rest: AsyncGenerator<Statement>,
  { seesVolumes }: { seesVolumes: boolean },
): AsyncGenerator<FocusRow> {
  let count = 0
  for (let next = first; !next.done; next = await rest.next()) {
    const { details, ...statement } = next.value
    const shown = seesVolumes ? details : details.map(detail => ({ ...detail, allocated_ratio: null }))
    for (const row of focusRows({ ...statement, details: shown })) {
      yield row
      if (++count % ROWS_AT_ONCE === 0) await new Promise(resolve => setImmediate(resolve))
    }
  }
}

function versionOf(given: unknown = '1.2'): (typeof focusVersions)[number] {
  const known = focusVersions.find(version => version === given)
  if (known === undefined) throw invalid(`focus_version is ${JSON.stringify(given)}, expected ${focusVersions.join(' or ')}`)
  return known
}

function flagOf(given: unknown): boolean {
  if (given === undefined || given === 'false') return false
  if (given === 'true') return true
  throw invalid(`split_cost is ${JSON.stringify(given)}, expected true or false`)
}
