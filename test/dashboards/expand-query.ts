/** A query of a dashboard as it reaches ClickHouse: variables as Grafana's browser fills them, then macros as the data source's backend. */
import assert from 'node:assert/strict'

/** What is chosen of each variable; nothing: all. */
export type Chosen = Readonly<Record<string, readonly string[] | undefined>>

export interface Range {
  fromMs: number
  toMs: number
  /** Of `$__interval_s`. */
  stepS: number
}

/**
 * Variables with the format singlequote (grafana/grafana, packages/grafana-schema and scenes: quotes escaped, backslashes left alone; the
 * dashboard's value of All as it is), then the macros (grafana/clickhouse-datasource, pkg/macros/macros.go). Fails on any other of either.
 */
export function expandQuery(rawSql: string, chosen: Chosen, { fromMs, toMs, stepS }: Range): string {
  const macros: Readonly<Record<string, string>> = {
    __fromTime: `toDateTime(${Math.floor(fromMs / 1000)})`,
    __toTime: `toDateTime(${Math.floor(toMs / 1000)})`,
    __interval_s: String(Math.max(stepS, 1)),
  }
  const filled = rawSql.replaceAll(/\$\{(\w+):singlequote\}/g, (_, name: string) => {
    const values = chosen[name]
    return values === undefined ? "'__all'" : values.map(value => `'${value.replaceAll("'", "\\'")}'`).join(',')
  })
  return filled.replaceAll(/\$(\w+)/g, (macro, name: string) => {
    assert.ok(name in macros, `${macro} is no macro that the backend fills in`)
    return macros[name] as string
  })
}
