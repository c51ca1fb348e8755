/** Closed statements in ClickHouse. Rows are only ever added. */
import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import { detailKeyFields } from './detail.ts'
import type { Statement, StatementDetail, StatementLine } from './statement.ts'
import { basisFields, detailFields, headFields, lineFields, namesOf, readCells, storedCell } from './statement-fields.ts'

type Row = Record<string, unknown>

const headAndBasis = { ...headFields, ...basisFields }
const headColumns = namesOf(headAndBasis)
const LINES_AT_ONCE = 5_000
const detailOrder = detailKeyFields.join(', ')

/** A closed statement with what only corrections ask for. `lines` and `details` are empty where only heads were asked for. */
export interface StoredStatement extends Statement {
  /** Of the minutes that it was made from (fingerprint.ts). */
  windows_fingerprint: string
}

/** The statement as it was issued. */
export function asIssued({ windows_fingerprint: _fingerprint, ...statement }: StoredStatement): Statement {
  return statement
}

/** The head of a closed statement, with the version that its lines are written under. */
export type StoredHead = StoredStatement & { version: number }

/** Which closed statements: of these tenants (undefined: all), of a month, of an id; months before another. */
export interface StatementFilter {
  tenants?: readonly string[] | undefined
  month?: string | undefined
  before?: string | undefined
  statement_id?: string | undefined
}

/** Writes lines and details under a version. They count for nothing before `closeStored` is done. */
export async function writeRows(statement: Statement, version: number, clickhouse: ClickHouse): Promise<void> {
  const { statement_id } = statement
  const write = async <R extends object>(table: string, columns: readonly (keyof R & string)[], rows: readonly R[]) => {
    const cells = rows.map(row => [statement_id, version, ...columns.map(column => storedCell(row[column]))])
    await clickhouse.insert(table, ['statement_id', 'version', ...columns], cells)
  }
  await write<StatementLine>('statement_lines', namesOf(lineFields), statement.lines)
  await write<StatementDetail>('statement_details', namesOf(detailFields), statement.details)
}

/**
 * Makes the statement closed: one insert, and only while nothing is closed under its id and no later claim than `version` was made. Gives
 * the statement that is closed then, which may be another closer's; undefined: a later claim took over and has not closed it yet.
 */
export async function closeStored(
  statement: Statement,
  config: { version: number; fingerprint: string },
  clickhouse: ClickHouse,
): Promise<StoredStatement | undefined> {
  const types = { version: 'UInt64', ...typesOf(headAndBasis), windows_fingerprint: 'String' }
  const values: Row = { ...statement, ...statement.basis, version: config.version, windows_fingerprint: config.fingerprint }
  const columns = Object.keys(types)
  const parameters = Object.fromEntries(columns.map(column => [column, storedCell(values[column])]))
  const places = Object.entries(types).map(([column, type]) => `JSONExtract({row:String}, '${column}', '${type}') AS ${column}_`)
  await clickhouse.command(
    `INSERT INTO {database}.statements (${columns.join(', ')}) SELECT ${places.join(', ')}
     WHERE (SELECT count() FROM {database}.statements WHERE statement_id = {statement_id:String}) = 0
       AND (SELECT max(version) FROM {database}.statement_claims WHERE statement_id = {statement_id:String}
            AND version NOT IN (SELECT version FROM {database}.statement_claims WHERE statement_id = {statement_id:String}
              AND is_released)) <= {version:UInt64}`,
    { row: JSON.stringify(parameters), statement_id: statement.statement_id, version: config.version },
  )
  const [closed] = await readStatements({ statement_id: statement.statement_id }, clickhouse)
  return closed
}

function typesOf(fields: Readonly<Record<string, { type: string }>>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).map(([name, { type }]) => [name, type]))
}

const headsSql = `SELECT version, ${headColumns.join(', ')}, windows_fingerprint FROM {database}.statements
  WHERE ({all_tenants:Bool} OR tenant_id IN {tenants:Array(String)}) AND ({month:String} = '' OR month = {month:String})
    AND ({before:String} = '' OR month < {before:String}) AND ({id:String} = '' OR statement_id = {id:String})
  ORDER BY month, tenant_id, statements.version LIMIT 1 BY statement_id`

/** Heads of closed statements by month and tenant, without lines and details. */
export async function readHeads(filter: StatementFilter, clickhouse: ClickHouse): Promise<StoredHead[]> {
  return (await clickhouse.query<Row>(headsSql, parametersOf(filter))).map(headOf)
}

/** The newest `limit` of them, newest first; `after`: of those that stand behind that one. A page costs no more than its heads. */
export async function readNewestHeads(
  filter: StatementFilter,
  page: { limit: number; after: Pick<StoredHead, 'month' | 'tenant_id' | 'statement_id'> | undefined },
  clickhouse: ClickHouse,
): Promise<StoredHead[]> {
  const { month = '', tenant_id = '', statement_id = '' } = page.after ?? {}
  const rows = await clickhouse.query<Row>(
    `SELECT version, ${headColumns.join(', ')}, windows_fingerprint FROM (${headsSql})
     WHERE {after_id:String} = '' OR (month, tenant_id, statement_id) < ({after_month:String}, {after_tenant:String}, {after_id:String})
     ORDER BY month DESC, tenant_id DESC, statement_id DESC LIMIT {limit:UInt32}`,
    { ...parametersOf(filter), after_month: month, after_tenant: tenant_id, after_id: statement_id, limit: page.limit },
  )
  return rows.map(headOf)
}

function parametersOf({ tenants, month = '', before = '', statement_id = '' }: StatementFilter) {
  return { all_tenants: tenants === undefined, tenants: tenants ?? [], month, before, id: statement_id }
}

function headOf(row: Row): StoredHead {
  return {
    ...readCells(headFields, row),
    status: 'closed',
    as_of_ms: null,
    repricing_minutes: 0,
    lines: [],
    details: [],
    basis: readCells(basisFields, row),
    windows_fingerprint: String(row['windows_fingerprint']),
    version: Number(row['version']),
  }
}

/** How many lines a closed statement has. */
export async function countLines({ statement_id, version }: StoredHead, clickhouse: ClickHouse): Promise<number> {
  const [row] = await clickhouse.query<{ lines: number }>(
    'SELECT count() AS lines FROM {database}.statement_lines WHERE statement_id = {id:String} AND version = {version:UInt64}',
    { id: statement_id, version },
  )
  return row?.lines ?? 0
}

/** The lines of a closed statement in order, some at a time. */
export async function* readLines({ statement_id, version }: StoredHead, clickhouse: ClickHouse): AsyncGenerator<StatementLine[]> {
  for (let after = 0; ; ) {
    const rows = await clickhouse.query<Row>(
      `SELECT ${namesOf(lineFields).join(', ')} FROM {database}.statement_lines
       WHERE statement_id = {id:String} AND version = {version:UInt64} AND line_no > {after:UInt32}
       ORDER BY line_no LIMIT {limit:UInt32}`,
      { id: statement_id, version, after, limit: LINES_AT_ONCE },
    )
    const lines = rows.map(row => readCells(lineFields, row))
    if (lines.length > 0) yield lines
    if (lines.length < LINES_AT_ONCE) return
    after = (lines.at(-1) as StatementLine).line_no
  }
}

/** Details of these closed statements that correct some of `corrected` (ids), by the statement that they stand on. */
export async function readCorrectingDetails(
  heads: readonly StoredHead[],
  corrected: readonly string[],
  clickhouse: ClickHouse,
): Promise<Map<string, StatementDetail[]>> {
  const rows = await clickhouse.query<Row>(
    `SELECT statement_id, ${namesOf(detailFields).join(', ')} FROM {database}.statement_details
     WHERE corrects_statement IN {corrected:Array(String)} AND statement_id IN {ids:Array(String)}
       AND (statement_id, version) IN (SELECT arrayJoin(arrayZip({ids:Array(String)}, {versions:Array(UInt64)})))
     ORDER BY statement_id, line_no, ${detailOrder}`,
    { corrected, ids: heads.map(head => head.statement_id), versions: heads.map(head => head.version) },
  )
  const byStatement = Map.groupBy(rows, row => String(row['statement_id']))
  return new Map([...byStatement].map(([id, own]) => [id, own.map(row => readCells(detailFields, row))]))
}

/** Closed statements, whole, by month and tenant. */
export async function readStatements(filter: StatementFilter, clickhouse: ClickHouse): Promise<StoredStatement[]> {
  return await readWhole(await readHeads(filter, clickhouse), clickhouse)
}

/** The statements of these heads with their lines and details. */
export async function readWhole(heads: readonly StoredHead[], clickhouse: ClickHouse): Promise<StoredStatement[]> {
  if (heads.length === 0) return []
  const parameters = { ids: heads.map(head => head.statement_id), versions: heads.map(head => head.version) }
  const read = async <F extends typeof lineFields | typeof detailFields>(table: string, fields: F, order: string) => {
    const rows = await clickhouse.query<Row>(
      `SELECT statement_id, ${namesOf(fields).join(', ')} FROM {database}.${table}
       WHERE statement_id IN {ids:Array(String)} AND version IN {versions:Array(UInt64)}
         AND (statement_id, version) IN (SELECT arrayJoin(arrayZip({ids:Array(String)}, {versions:Array(UInt64)})))
       ORDER BY ${order}`,
      parameters,
    )
    const byStatement = Map.groupBy(rows, row => row['statement_id'])
    return (id: string) => (byStatement.get(id) ?? []).map(row => readCells(fields, row))
  }
  const [linesOf, detailsOf] = await Promise.all([
    read('statement_lines', lineFields, 'statement_id, line_no'),
    read('statement_details', detailFields, `statement_id, line_no, ${detailOrder}`),
  ])
  return heads.map(({ version: _version, ...head }) => ({
    ...head,
    lines: linesOf(head.statement_id),
    details: detailsOf(head.statement_id),
  }))
}
