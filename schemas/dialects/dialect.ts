import type { AttemptContent } from '../attempt.ts'
import type { SkipReason } from './skip-reasons.ts'

/** One record of a gateway, as parsed from JSON. */
export type Line = { readonly [name: string]: unknown }

/**
 * How a value of the source becomes a canonical one. Everywhere: absent field, null, '' and '-' mean "not given".
 * Numbers may arrive as text. Anything else than described is refused with LINE_FIELD_INVALID.
 * - `text`: text as it is; numbers and booleans are written out
 * - `count`: whole number, 0 to 2^53-1, exact
 * - `ms`, `s`, `us`, `ns`: duration in that unit, 0 or more; becomes milliseconds
 * - `flag`: true or false, also as text, 1 or 0
 * - `decimal_text`: amount of money, 0 or more and below 10^9, kept as decimal text with at most 18 fraction digits
 * - `billed_units`: an object of unit and quantity, or the text of it (schemas/billed-units.ts)
 * - `price_modifiers`: a list of names, or a text with spaces between them
 * - `iso_time`: ISO 8601 with a zone
 * - `iso_or_epoch_ms`: the same, or whole milliseconds since 1970
 * - `epoch_ms`: milliseconds since 1970
 * - `epoch_ns`: nanoseconds since 1970, whole digits; becomes milliseconds, cut off
 * - `utc_or_epoch_s`: ISO 8601 where a missing zone means UTC, or seconds since 1970 with fraction
 * - `utc_or_epoch_fine`: the same, keeping fractions of a millisecond, for durations between two of them
 * - `time`: ISO 8601 with a zone, or a number since 1970: seconds below 1e11, milliseconds from there on (1e11 ms is 1973, 1e11 s the year
 * 5138)
 */
export type Transform =
  | 'text'
  | 'count'
  | 'ms'
  | 's'
  | 'us'
  | 'ns'
  | 'flag'
  | 'decimal_text'
  | 'billed_units'
  | 'price_modifiers'
  | 'iso_time'
  | 'iso_or_epoch_ms'
  | 'epoch_ms'
  | 'epoch_ns'
  | 'utc_or_epoch_s'
  | 'utc_or_epoch_fine'
  | 'time'

/**
 * Where a value comes from. `from` lists source paths, best first: the first that is given wins. Steps of a path are
 * separated by '/', because field names of gateways hold dots; a step of digits indexes an array.
 */
export interface FieldRule {
  from: readonly string[]
  as: Transform
  /** Values that mean "not given" in this source, besides null, '' and '-'. */
  none?: readonly (string | number)[]
  /** What it means when the field is not given, or is zero, where that is not plain. */
  note?: string
}

/**
 * Canonical field → its rule. `request_id` and `started_at` must come from it, and `tenant_id` unless the gateway refused the caller
 * (refused-callers.ts).
 */
export type FieldTable = { readonly [Column in keyof AttemptContent]?: FieldRule }

/** What a dialect's own function needs and no column holds (response flags, totals, names to take apart). */
export type FactTable = { readonly [name: string]: FieldRule }

type FactOf<As extends Transform> = As extends 'text'
  ? string
  : As extends 'flag'
    ? boolean | null
    : As extends 'decimal_text' | 'billed_units' | 'price_modifiers'
      ? string | null
      : number | null

/** The facts of one line: text is '' and all else null where the line does not give it. */
export type Facts<Table extends FactTable> = { [Name in keyof Table]: FactOf<Table[Name]['as']> }

/** A way in which gateways write lines. */
export interface Dialect<Table extends FactTable = FactTable> {
  /** Name as it stands in the `dialect` header and column. */
  name: string
  /** What writes it, and where its fields are described. */
  doc: string
  /** What makes two lines the same call, sent twice, beside tenant and source; for people. */
  sameCall: string
  /** What joins lines into one request, and what does not; for people. */
  joins: string
  /** Whether the line is of this dialect: false, or the evidence. No line is recognised by two dialects. */
  recognises(line: Line): false | string
  /** Whether a line of this dialect is no attempt at a model, and why. Called on lines that it recognises, before they are opened. */
  skips?(line: Line): SkipReason | undefined
  fields: FieldTable
  /** Paths of tenant_id that name a place or that a client may set: of a caller whom the gateway refused they prove nothing. */
  claimedTenants?: readonly string[]
  facts: Table
  /** A line may come without an id: then all it says is its identity (own-identity.ts). Else it is refused. */
  mayLackId?: true
  /** Top-level fields that never reach `extra`: prompts, whole addresses, and what says nothing about the attempt. */
  dropped: readonly string[]
  /** Nested fields worth keeping in `extra`; of objects that the table reads, nothing else is kept. */
  kept?: readonly string[]
  /** Brings a line into the shape that the table describes, where one dialect has several. */
  open?(line: Line): Line
  /** Completes the attempt, or makes several of it, where a table cannot say it. Without it the line is one attempt as read. */
  attempts?(line: Line, base: AttemptContent, facts: Facts<Table>): AttemptContent[]
}

/** Gives the dialect as it is; lets TypeScript derive the types of its facts. */
export function defineDialect<const Table extends FactTable>(dialect: Dialect<Table>): Dialect<Table> {
  return dialect
}

/** Whether the line itself has the field (never an inherited one), whatever its value. */
export function has(line: Line, name: string): boolean {
  return Object.hasOwn(line, name)
}

/** Whether the value is a JSON object. */
export function isObject(value: unknown): value is Line {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether the source says "not given" with this value. */
export function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === '' || value === '-'
}
