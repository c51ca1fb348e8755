import type { ClickHouse, QueryParameters } from '../../services/platform/clickhouse/client.ts'
import { outdatedForecastsSql, publishSql, rawCountsSql, repeatedSql, spannedSql } from '../../services/settle/settle-sql.ts'

/** Answers the questions of settling without computing anything, for tests of the loop around it. */
export interface ScriptedClickHouse extends ClickHouse {
  /** Windows (ms) in the order in which they were published. */
  readonly published: number[]
  /** Windows (ms) that share requests with a window. */
  neighbours: (windowMs: number) => readonly number[]
  /** Awaited before a window is published: rejecting loses it, staying pending is a slow server. */
  beforePublish: (windowMs: number) => Promise<void>
}

interface Version {
  settle_version: number
  input_rows: number
}

/** Builds one where every window has `rows(windowMs)` rows, ten unless told, which join. */
export function buildScriptedClickHouse(rows: (windowMs: number) => number = () => 10): ScriptedClickHouse {
  const versions = new Map<number, Version>()
  const fake: ScriptedClickHouse = {
    database: 'weir',
    published: [],
    neighbours: () => [],
    beforePublish: async () => {},
    ping: async () => {},
    insert: async () => {},
    insertBlocks: async () => {},
    columnTypes: async () => undefined,
    convert: () => Promise.reject(new Error('the scripted ClickHouse converts nothing')),
    async command(sql, parameters = {}) {
      if (sql !== publishSql) return
      const window = Number(parameters['window'])
      await fake.beforePublish(window * 1000)
      if ((versions.get(window)?.settle_version ?? 0) !== parameters['last_version']) return
      versions.set(window, { settle_version: Number(parameters['version']), input_rows: Number(parameters['input_rows']) })
      fake.published.push(window * 1000)
    },
    query: async <Row>(sql: string, parameters: QueryParameters = {}) => answer(sql, parameters) as Row[],
    [Symbol.asyncDispose]: async () => {},
  }
  function answer(sql: string, parameters: QueryParameters): unknown[] {
    const window = Number(parameters['window'])
    const version = versions.get(window)
    if (sql === rawCountsSql) {
      const raw_rows = rows(window * 1000)
      const counts = {
        raw_rows,
        joinable_rows: raw_rows,
        distinct_hashes: raw_rows,
        most_label_values: 1,
        samples: 0,
        samples_read: 0,
        gpu_samples_read: 0,
      }
      return [{ ...counts, last_version: version?.settle_version ?? 0 }]
    }
    if (sql === spannedSql) return fake.neighbours(window * 1000).map(start => ({ start: start / 1000, rows: rows(start) }))
    if (sql === repeatedSql) return [{ repeated: 0 }]
    if (sql === outdatedForecastsSql) return []
    if (!sql.includes('FROM {database}.settled_windows')) return [{ left_out: 0 }]
    if (version === undefined || version.settle_version !== parameters['version']) return []
    const isSame = parameters['input_rows'] === undefined || parameters['input_rows'] === version.input_rows
    return isSame ? [{ settle_version: String(version.settle_version), requests: 1, attempts: 2 }] : []
  }
  return fake
}
