import type { ClickHouse, QueryParameters } from '../../platform/clickhouse/client.ts'
import { AppError } from '../../platform/errors.ts'

/** How much one query may take. */
export interface ReadLimits {
  /** Longest run of a query, milliseconds. */
  timeoutMs: number
  /** Most rows read from tables by a query. */
  maxRowsRead: number
  /** Most rows that a query may give back; they are held in memory until the answer is written. */
  maxRowsGiven: number
  /** Most memory of a query, bytes. */
  maxMemoryBytes: number
}

/** Bounds that suit a server that also inserts and settles: a month of minutes of a few thousand groups passes. */
export const defaultReadLimits = { maxRowsRead: 2_000_000_000, maxRowsGiven: 300_001, maxMemoryBytes: 1024 ** 3 } as const

/**
 * Rows of a read-only query within the limits. Rejects with API_QUERY_TOO_LARGE or API_QUERY_TOO_LONG when it passes one,
 * else with the CLICKHOUSE_… codes.
 */
export async function readRows<Row>(
  sql: string,
  parameters: QueryParameters,
  deps: { clickhouse: ClickHouse; limits: ReadLimits },
): Promise<Row[]> {
  const { limits } = deps
  try {
    return await deps.clickhouse.query<Row>(sql, parameters, {
      // The server itself refuses anything but reading, whatever the text of the query were. 2 rather than 1: a user whose profile has
      // readonly=2 may send these settings, while no read-only user may change `readonly` itself.
      readonly: '2',
      // A report may lag by an insert; nothing is decided by it.
      select_sequential_consistency: '0',
      max_execution_time: limits.timeoutMs / 1000,
      max_rows_to_read: String(limits.maxRowsRead),
      max_result_rows: String(limits.maxRowsGiven),
      result_overflow_mode: 'throw',
      max_memory_usage: String(limits.maxMemoryBytes),
      // What grows past half of it goes on with the disk.
      max_bytes_before_external_group_by: String(limits.maxMemoryBytes / 2),
      max_bytes_before_external_sort: String(limits.maxMemoryBytes / 2),
    })
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    if (error.code === 'CLICKHOUSE_QUERY_TOO_LARGE') {
      throw new AppError(
        'API_QUERY_TOO_LARGE',
        'the question spans more rows than one query may read or give: narrow the range or filter',
        {
          cause: error,
        },
      )
    }
    if (error.code === 'CLICKHOUSE_QUERY_TOO_LONG') {
      throw new AppError('API_QUERY_TOO_LONG', `the query ran longer than ${limits.timeoutMs} ms`, { cause: error })
    }
    throw error
  }
}

/**
 * A client whose queries are within the limits and which only reads: for what takes a ClickHouse and not a query. Rejects as readRows does.
 */
export function limitedClickHouse(deps: { clickhouse: ClickHouse; limits: ReadLimits }): ClickHouse {
  const refuse = async () => {
    throw new Error('a reader of the API writes nothing')
  }
  return {
    ...deps.clickhouse,
    query: <Row>(sql: string, parameters: QueryParameters = {}) => readRows<Row>(sql, parameters, deps),
    command: refuse,
    insert: refuse,
    insertBlocks: refuse,
  }
}
