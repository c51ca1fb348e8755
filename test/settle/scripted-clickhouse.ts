import type { ClickHouse, QueryParameters } from '../../services/platform/clickhouse/client.ts'
import { publishSql, questions, seenBy } from '../../services/settle/settle-sql.ts'

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
  raw_rows: number
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
      if (sql !== seenBy(0, publishSql)) return
      const list = (name: string) => parameters[name] as readonly number[]
      for (const [index, window] of list('windows').entries()) {
        await fake.beforePublish(window * 1000)
        if ((versions.get(window)?.settle_version ?? 0) !== list('last_versions')[index]) continue
        const raw = { raw_rows: list('raw_rows')[index] ?? 0, input_rows: list('input_rows')[index] ?? 0 }
        versions.set(window, { settle_version: Number(parameters['version']), ...raw })
        fake.published.push(window * 1000)
      }
    },
    query: async <Row>(sql: string, parameters: QueryParameters = {}) => answer(sql, parameters) as Row[],
    [Symbol.asyncDispose]: async () => {},
  }
  function answer(sql: string, parameters: QueryParameters): unknown[] {
    const windows = (parameters['windows'] ?? parameters['minutes'] ?? []) as readonly number[]
    if (sql === seenBy(0, questions.rows) || sql === questions.sizes) {
      return windows.map(window => {
        const raw_rows = rows(window * 1000)
        return { window, raw_rows, joinable_rows: raw_rows, repeated_rows: 0, repeated_positions: 0 }
      })
    }
    if (sql === questions.sharedRows) return [{ requests: 1 }]
    if (sql === questions.spanned) {
      return windows.flatMap(window => fake.neighbours(window * 1000).map(other => ({ window, other: other / 1000, rows: rows(other) })))
    }
    const known = windows.flatMap(window => {
      const version = versions.get(window)
      return version === undefined
        ? []
        : [{ window, ...version, price_version: 0, samples_read: 0, gpu_samples_read: 0, requests: 1, attempts: 2 }]
    })
    if (sql === questions.versions) return known
    if (sql !== questions.published) return []
    return known
      .filter(({ settle_version }) => settle_version === parameters['version'])
      .map(one => ({ ...one, settle_version: String(one.settle_version) }))
  }
  return fake
}
