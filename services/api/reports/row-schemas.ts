import Type, { type TObject, type TSchema } from 'typebox'
import type { Row } from './report.ts'

/** A column that an operator always gets as `schema`; null for readers who may not see other tenants' volumes. */
export const orNull = (schema: TSchema) =>
  Type.Union([schema, Type.Null()], { description: (schema as { description?: string }).description ?? '' })
/** A whole number from 0. */
export const count = (description: string) => Type.Integer({ minimum: 0, description })
/** A number; null: not known. */
export const reading = (description: string) => orNull(Type.Number({ description }))
/** Money: exact decimal text, in the row's currency. */
export const money = (description: string) =>
  Type.String({ pattern: '^-?\\d+(\\.\\d+)?$', description: `${description}; exact decimal text, in currency` })
/** Whole numbers by name. */
export const countsByName = (description: string) => Type.Record(Type.String(), Type.Integer({ minimum: 0 }), { description })
/** Four quantiles; null where nothing was measured. */
export const quantiles = (description: string) =>
  orNull(
    Type.Object(
      { p50: Type.Number(), p90: Type.Number(), p95: Type.Number(), p99: Type.Number() },
      { description: `${description}; milliseconds, exact to 0.4 %; null: nothing was measured` },
    ),
  )

/** The named columns of a row, as they are. */
export function pick(row: Row, schema: TObject): Row {
  return Object.fromEntries(Object.keys(schema.properties).map(name => [name, row[name]]))
}

/** The quantiles of a merged state; null when it holds no value. */
export function quantilesFrom(merged: unknown, measured: unknown): Row | null {
  if (!measured || !Array.isArray(merged)) return null
  const [p50, p90, p95, p99] = merged
  return { p50, p90, p95, p99 }
}

/** The row with the named columns null. */
export function hidden(row: Row, columns: readonly string[]): Row {
  return { ...row, ...Object.fromEntries(columns.map(name => [name, null])) }
}
