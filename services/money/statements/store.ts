/** Closed statements in ClickHouse. Rows are only ever added. */
import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import { formatDecimal, parseDecimal } from '../decimal.ts'
import type { Statement, StatementDetail, StatementLine } from './statement.ts'

type Row = Record<string, unknown>

const lineColumns = [
  'line_no',
  'charge_category',
  'charge_class',
  'corrects_statement',
  'correction_reason',
  'description',
  'upstream_kind',
  'upstream',
  'model',
  'region',
  'service_tier',
  'meter',
  'price_key',
  'price_version',
  'min_input_tokens',
  'is_wasted',
  'estimate_method',
  'rate_term',
  'commitment_id',
  'adjustment_id',
  'pricing_currency',
  'exchange_rate',
  'list_unit_price',
  'contracted_unit_price',
  'quantity',
  'unit',
  'list_cost',
  'contracted_cost',
  'effective_cost',
  'precise_cost',
] as const satisfies readonly (keyof StatementLine & keyof StatementDetail)[]
const issuedColumns = [...lineColumns, 'billed_cost'] as const satisfies readonly (keyof StatementLine)[]
const detailColumns = [
  ...lineColumns,
  'charge_period_start_ms',
  'charge_period_end_ms',
  'allocated_ratio',
  'allocated_method',
] as const satisfies readonly (keyof StatementDetail)[]
const headColumns = [
  'statement_id',
  'issuer',
  'tenant_id',
  'tenant_name',
  'team',
  'cost_centre',
  'gl_code',
  'tags',
  'month',
  'time_zone',
  'period_start_ms',
  'period_end_ms',
  'currency',
  'precise_total',
  'payable',
  'content_sha256',
  'closed_at_ms',
  'closed_by',
  'forced_reason',
] as const satisfies readonly (keyof Statement)[]
const basisColumns = [
  'price_version',
  'terms_version',
  'positions',
  'windows',
  'raw_rows',
  'requests',
  'attempts',
  'lines_received',
  'lines_accounted',
  'corrected',
] as const satisfies readonly (keyof Statement['basis'])[]
const decimals = new Set<string>([
  'exchange_rate',
  'list_unit_price',
  'contracted_unit_price',
  'quantity',
  'list_cost',
  'contracted_cost',
  'effective_cost',
  'precise_cost',
  'billed_cost',
  'allocated_ratio',
  'precise_total',
  'payable',
])

/** A closed statement with what only corrections ask for. `lines` and `details` are empty where only heads were asked for. */
export interface StoredStatement extends Statement {
  live_version: number
}

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
    const cells = rows.map(row => [statement_id, version, ...columns.map(column => cellOf(row[column]))])
    await clickhouse.insert(table, ['statement_id', 'version', ...columns], cells)
  }
  await write<StatementLine>('statement_lines', issuedColumns, statement.lines)
  await write<StatementDetail>('statement_details', detailColumns, statement.details)
}

/**
 * Makes the statement closed: one insert, and only while nothing is closed under its id and no later claim than `version` was made. Gives the statement
 * that is closed then, which may be another closer's; undefined: a later claim took over and has not closed it yet.
 */
export async function closeStored(
  statement: Statement,
  config: { version: number; liveVersion: number },
  clickhouse: ClickHouse,
): Promise<StoredStatement | undefined> {
  const columns = ['version', ...headColumns, ...basisColumns, 'live_version']
  const values: Row = { ...statement, ...statement.basis, version: config.version, live_version: config.liveVersion }
  const parameters = Object.fromEntries(columns.map(column => [column, cellOf(values[column])]))
  const places = columns.map(column => `JSONExtract({row:String}, '${column}', '${types[column] ?? 'String'}') AS ${column}_`)
  await clickhouse.command(
    `INSERT INTO {database}.statements (${columns.join(', ')}) SELECT ${places.join(', ')}
     WHERE (SELECT count() FROM {database}.statements WHERE statement_id = {statement_id:String}) = 0
       AND (SELECT max(version) FROM {database}.statement_claims WHERE statement_id = {statement_id:String}
            AND version NOT IN (SELECT version FROM {database}.statement_claims WHERE statement_id = {statement_id:String} AND is_released)) <= {version:UInt64}`,
    { row: JSON.stringify(parameters), statement_id: statement.statement_id, version: config.version },
  )
  const [closed] = await readStatements({ statement_id: statement.statement_id }, clickhouse)
  return closed
}

const types: Readonly<Record<string, string>> = {
  version: 'UInt64',
  tags: 'Map(String, String)',
  period_start_ms: 'Int64',
  period_end_ms: 'Int64',
  precise_total: 'Decimal(38, 18)',
  payable: 'Decimal(38, 18)',
  closed_at_ms: 'Int64',
  price_version: 'UInt32',
  terms_version: 'UInt32',
  positions: 'Array(Tuple(log_epoch String, topic String, partition UInt32, next_offset UInt64))',
  windows: 'UInt64',
  raw_rows: 'UInt64',
  requests: 'UInt64',
  attempts: 'UInt64',
  lines_received: 'UInt64',
  lines_accounted: 'UInt64',
  corrected: 'Array(String)',
  live_version: 'UInt64',
}

/** Heads of closed statements by month and tenant, without lines and details. */
export async function readHeads(filter: StatementFilter, clickhouse: ClickHouse): Promise<(StoredStatement & { version: number })[]> {
  const rows = await clickhouse.query<Row>(
    `SELECT version, ${[...headColumns, ...basisColumns].join(', ')}, live_version FROM {database}.statements
     WHERE ({all_tenants:Bool} OR tenant_id IN {tenants:Array(String)}) AND ({month:String} = '' OR month = {month:String})
       AND ({before:String} = '' OR month < {before:String}) AND ({id:String} = '' OR statement_id = {id:String})
     ORDER BY month, tenant_id, statements.version LIMIT 1 BY statement_id`,
    {
      all_tenants: filter.tenants === undefined,
      tenants: filter.tenants ?? [],
      month: filter.month ?? '',
      before: filter.before ?? '',
      id: filter.statement_id ?? '',
    },
  )
  return rows.map(row => {
    const cells = fromRow(row)
    const basis = Object.fromEntries(basisColumns.map(column => [column, cells[column]]))
    const head = Object.fromEntries(headColumns.map(column => [column, cells[column]]))
    return {
      ...head,
      status: 'closed',
      lines: [],
      details: [],
      basis,
      live_version: cells['live_version'],
      version: cells['version'],
    } as never
  })
}

/** Closed statements, whole, by month and tenant. */
export async function readStatements(filter: StatementFilter, clickhouse: ClickHouse): Promise<StoredStatement[]> {
  const heads = await readHeads(filter, clickhouse)
  if (heads.length === 0) return []
  const parameters = { ids: heads.map(head => head.statement_id), versions: heads.map(head => head.version) }
  const read = async <R>(table: string, columns: readonly string[]) => {
    const rows = await clickhouse.query<Row>(
      `SELECT statement_id, ${columns.join(', ')} FROM {database}.${table}
       WHERE statement_id IN {ids:Array(String)} AND version IN {versions:Array(UInt64)}
         AND (statement_id, version) IN (SELECT arrayJoin(arrayZip({ids:Array(String)}, {versions:Array(UInt64)})))
       ORDER BY statement_id, line_no ${table === 'statement_details' ? ', charge_period_start_ms, charge_period_end_ms, exchange_rate' : ''}`,
      parameters,
    )
    return Map.groupBy(rows, row => row['statement_id']) as Map<unknown, R[]>
  }
  const [lines, details] = await Promise.all([
    read<StatementLine>('statement_lines', issuedColumns),
    read<StatementDetail>('statement_details', detailColumns),
  ])
  const whole = <R extends object>(rows: readonly R[] | undefined) =>
    (rows ?? []).map(row => {
      const { statement_id: _id, ...cells } = fromRow(row as Row)
      return cells as unknown as R
    })
  return heads.map(({ version: _version, ...head }) => ({
    ...head,
    lines: whole(lines.get(head.statement_id)),
    details: whole(details.get(head.statement_id)),
  }))
}

function cellOf(value: unknown): unknown {
  return typeof value === 'bigint' ? formatDecimal(value) : value
}

function fromRow(row: Row): Row {
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => [column, decimals.has(column) && value !== null ? parseDecimal(String(value)) : value]),
  )
}
