import type { Readable } from 'node:stream'
import { ClickHouseError, type ClickHouseSettings, createClient } from '@clickhouse/client'
import { SECOND } from '../clock.ts'
import { AppError, type ErrorCode, messageOf } from '../errors.ts'
import { type ConvertibleRows, convertRows } from './convert.ts'
import { type Call, withDeadline } from './deadline.ts'
import { buildInserts } from './insert.ts'
import type { TableColumn } from './native-block.ts'

/** Where ClickHouse is and as whom to speak to it. */
export interface ClickHouseConfig {
  url: string
  username?: string
  password?: string
  /** Database that holds all tables of Weir. */
  database: string
  /**
   * Tables are copied among servers: an insert is answered when most of them have it, and a query is asked of none that lacks an answered
   * insert. Readers that may lag ask with `select_sequential_consistency` 0.
   */
  isReplicated?: boolean
  /** Longest wait for one answer, milliseconds; a query with `max_execution_time` among its settings is waited for by that. */
  requestTimeoutMs?: number
}

/** Values for `{name:Type}` places in a query; the only way a value gets into SQL. */
export type QueryParameters = Readonly<Record<string, unknown>>

/**
 * A ClickHouse server over HTTP. Every call rejects with AppError: CLICKHOUSE_UNAVAILABLE and CLICKHOUSE_OVERLOADED may be tried again,
 * CLICKHOUSE_QUERY_FAILED not; CLICKHOUSE_DATA_REFUSED says that a value of an inserted row is at fault (nothing of that
 * insert was written). CLICKHOUSE_QUERY_TOO_LONG (may be tried again) and CLICKHOUSE_QUERY_TOO_LARGE say that a bound in
 * the settings of the query was passed.
 */
export interface ClickHouse extends AsyncDisposable {
  readonly database: string
  /** Resolves when the server answers. */
  ping(): Promise<void>
  /** Runs a statement that returns nothing. `{database}` in the text is replaced by the database name. */
  command(sql: string, parameters?: QueryParameters, settings?: ClickHouseSettings): Promise<void>
  /** Rows as objects: integers as numbers, decimals as exact text, times as ISO-like UTC text. */
  query<Row>(sql: string, parameters?: QueryParameters, settings?: ClickHouseSettings): Promise<Row[]>
  /**
   * Inserts rows given as arrays in the order of `columns` (a table of another database is `database.table`); resolves when the server has
   * written them. Times are integers in ms (DateTime64) or s (DateTime).
   */
  insert(table: string, columns: readonly string[], rows: readonly (readonly unknown[])[]): Promise<void>
  /** Inserts blocks that nativeBlock() made for these columns, all of them or none; resolves when the server has written them. */
  insertBlocks(table: string, columns: readonly string[], blocks: readonly Buffer[]): Promise<void>
  /** The columns with their types, as nativeBlock() needs them; undefined: the table, or one of them, is not there. */
  columnTypes(table: string, columns: readonly string[]): Promise<readonly TableColumn[] | undefined>
  /** Rows in a format that ClickHouse writes (Parquet), as bytes; nothing is stored. */
  convert(rows: ConvertibleRows, format: 'Parquet'): Promise<Readable>
}

// Pinned because their defaults changed between releases and each one decides whether an acknowledged insert is on disk as sent
// (async_insert is on by default since 26.3; parallel parsing splits one insert into several blocks).
const insertSettings: ClickHouseSettings = { async_insert: 0, wait_end_of_query: 1, input_format_parallel_parsing: 0 }
const readSettings: ClickHouseSettings = {
  output_format_json_quote_64bit_integers: 0,
  output_format_json_quote_decimals: 1,
  date_time_output_format: 'iso',
  // What nobody waits for any more is not worked on.
  cancel_http_readonly_queries_on_client_close: 1,
}
// Numbers of src/Common/ErrorCodes.cpp.
const serverCodes: Readonly<Partial<Record<ErrorCode, readonly string[]>>> = {
  // MEMORY_LIMIT_EXCEEDED, NOT_ENOUGH_SPACE, TOO_MANY_PARTS, TOO_MANY_SIMULTANEOUS_QUERIES, SERVER_OVERLOADED.
  CLICKHOUSE_OVERLOADED: ['241', '243', '252', '202', '745'],
  // TOO_MANY_ROWS, TOO_MANY_BYTES, TOO_MANY_ROWS_OR_BYTES.
  CLICKHOUSE_QUERY_TOO_LARGE: ['158', '307', '396'],
  // TIMEOUT_EXCEEDED, TOO_SLOW.
  CLICKHOUSE_QUERY_TOO_LONG: ['159', '160'],
  // SOCKET_TIMEOUT, NETWORK_ERROR, ABORTED, TABLE_IS_READ_ONLY, ALL_CONNECTION_TRIES_FAILED, UNKNOWN_STATUS_OF_INSERT,
  // QUERY_WAS_CANCELLED, KEEPER_EXCEPTION: the same statement may work in a moment.
  // TOO_FEW_LIVE_REPLICAS, UNSATISFIED_QUORUM_FOR_PREVIOUS_WRITE, REPLICA_IS_NOT_IN_QUORUM likewise.
  CLICKHOUSE_UNAVAILABLE: ['209', '210', '236', '242', '279', '319', '394', '999', '285', '286', '289'],
  // CANNOT_PARSE_TEXT, _ESCAPE_SEQUENCE, _QUOTED_STRING, _INPUT_ASSERTION_FAILED, _DATE, _DATETIME, _NUMBER, TYPE_MISMATCH,
  // ARGUMENT_OUT_OF_BOUND, CANNOT_CONVERT_TYPE, INCORRECT_DATA, CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN,
  // VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE, DECIMAL_OVERFLOW.
  CLICKHOUSE_DATA_REFUSED: ['6', '25', '26', '27', '38', '41', '72', '53', '69', '70', '117', '349', '321', '407'],
}
const appCodes = new Map(Object.entries(serverCodes).flatMap(([code, numbers]) => numbers.map(number => [number, code as ErrorCode])))

// clickhouse.com/docs/operations/settings/settings#select_sequential_consistency: it holds only where quorum inserts are not parallel; of
// two that come at once one is then refused (286), and tried again.
const quorumSettings: ClickHouseSettings = { insert_quorum: 'auto', insert_quorum_parallel: 0, select_sequential_consistency: '1' }
const DEADLINE_MS = 120 * SECOND
/** The server itself says that a query ran too long; only where it says nothing, so much later, the client gives up. */
const GRACE_MS = SECOND

/** Opens a client. No connection is made before the first call. */
export function openClickHouse(config: ClickHouseConfig): ClickHouse {
  const deadlineMs = config.requestTimeoutMs ?? DEADLINE_MS
  const client = createClient({
    url: config.url,
    username: config.username ?? 'default',
    password: config.password ?? '',
    request_timeout: deadlineMs,
    max_open_connections: 8,
    application: 'weir',
    keep_alive: { enabled: true, idle_socket_ttl: 2_000 },
    log: { level: 127 as never },
  })
  const consistency = config.isReplicated === true ? quorumSettings : {}
  const inserts = buildInserts(client, { ...insertSettings, ...consistency }, error => codeOf(error) === 'CLICKHOUSE_DATA_REFUSED')
  const target = (table: string, columns: readonly string[]) => ({
    table: table.includes('.') ? table : `${config.database}.${table}`,
    columns,
  })
  const named = (sql: string) => sql.replaceAll('{database}', config.database)
  return {
    database: config.database,
    async ping() {
      await asking('ping', deadlineMs, async () => {
        const answer = await client.ping({ select: true })
        if (!answer.success) throw answer.error
      })
    },
    async command(sql, parameters = {}, settings = {}) {
      await asking(firstWords(sql), deadlineOf(settings, deadlineMs), async abort_signal => {
        const clickhouse_settings = { ...insertSettings, ...consistency, ...settings }
        await client.command({ query: named(sql), query_params: { ...parameters }, clickhouse_settings, abort_signal })
      })
    },
    async query<Row>(sql: string, parameters: QueryParameters = {}, settings: ClickHouseSettings = {}) {
      return await asking(firstWords(sql), deadlineOf(settings, deadlineMs), async abort_signal => {
        const clickhouse_settings = { ...readSettings, ...consistency, ...settings }
        const query_params = { ...parameters }
        const result = await client.query({ query: named(sql), format: 'JSONEachRow', query_params, clickhouse_settings, abort_signal })
        return await result.json<Row>()
      })
    },
    async insert(table, columns, rows) {
      if (rows.length === 0) return
      await asking(`insert into ${table}`, deadlineMs, signal => inserts.insert(target(table, columns), rows, signal))
    },
    async insertBlocks(table, columns, blocks) {
      await asking(`insert into ${table}`, deadlineMs, signal => inserts.insertBlocks(target(table, columns), blocks, signal))
    },
    async columnTypes(table, columns) {
      return await asking(`columns of ${table}`, deadlineMs, signal => inserts.columnsOf(target(table, columns), signal))
    },
    async convert(rows, format) {
      return await asking(`rows as ${format}`, deadlineMs, () => convertRows(client, rows, format))
    },
    [Symbol.asyncDispose]: () => client.close(),
  }
}

async function asking<Result>(what: string, deadlineMs: number, call: Call<Result>): Promise<Result> {
  try {
    return await withDeadline(deadlineMs, call)
  } catch (error) {
    throw toAppError(error, what)
  }
}

function deadlineOf({ max_execution_time }: ClickHouseSettings, deadlineMs: number): number {
  // 0 is no bound to the server.
  return Number(max_execution_time ?? 0) === 0 ? deadlineMs : Number(max_execution_time) * SECOND + GRACE_MS
}

function firstWords(sql: string): string {
  return sql.trim().split(/\s+/).slice(0, 5).join(' ')
}

function codeOf(error: unknown): ErrorCode {
  return (error instanceof ClickHouseError ? appCodes.get(error.code) : undefined) ?? 'CLICKHOUSE_QUERY_FAILED'
}

function toAppError(error: unknown, what: string): AppError {
  if (error instanceof ClickHouseError) {
    return new AppError(codeOf(error), `ClickHouse refused "${what}": ${error.message} (code ${error.code})`, { cause: error })
  }
  return new AppError(
    'CLICKHOUSE_UNAVAILABLE',
    `ClickHouse did not answer "${what}": ${messageOf(error)}. Is the server up and CLICKHOUSE_URL right?`,
    { cause: error },
  )
}
