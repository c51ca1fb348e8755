/** A statement: what a tenant owes for one billing month, line by line, with what proves it. Its fields are told in statement-fields.ts. */
import type { basisFields, detailFields, headFields, lineFields, ValuesOf } from './statement-fields.ts'

/** One issued line. Precise costs have 18 digits; `billed_cost` is rounded to the currency's minor unit (half to even). */
export interface StatementLine extends ValuesOf<typeof lineFields> {}

/** The detail of a line by billing day, precise; FOCUS rows are made of these. `line_no`: the line that it is part of. */
export interface StatementDetail extends ValuesOf<typeof detailFields> {}

/** What a closed statement was made from: enough to make it again from raw. */
export interface StatementBasis extends ValuesOf<typeof basisFields> {}

/** The statement itself. */
export interface Statement extends ValuesOf<typeof headFields> {
  status: 'draft' | 'closed'
  /** Of a draft: until when it tells the cost of pools (told-until.ts); null: of the whole month. */
  as_of_ms: number | null
  /** Of a draft: settled minutes of the month that are still at prices of before an import or correction; 0: none. */
  repricing_minutes: number
  lines: readonly StatementLine[]
  details: readonly StatementDetail[]
  basis: StatementBasis
}
