import { readFileSync } from 'node:fs'

/**
 * Fills `{ratios:x}` in a query with the expressions of the view x_ratios (schemas/clickhouse/views): a ratio of sums is then the one that
 * the view has of rows. The query gives the columns that the expressions name.
 */
export function withRatios(sql: string): string {
  return sql.replaceAll(/\{ratios:(\w+)\}/g, (_, name: string) => expressionsOf(name))
}

function expressionsOf(name: string): string {
  const view = readFileSync(new URL(`clickhouse/views/${name}_ratios.sql`, import.meta.url), 'utf8')
  const expressions = /\n\s*t\.\*,\n(.*)\nFROM /s.exec(view)?.[1]
  if (expressions === undefined) throw new Error(`the view ${name}_ratios has no expressions between "t.*," and FROM`)
  return expressions.trim()
}
