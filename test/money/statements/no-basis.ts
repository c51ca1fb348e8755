import type { StatementBasis } from '../../../services/money/statements/statement.ts'

/** What a statement was made from, where a test does not look at it. */
export const noBasis: StatementBasis = {
  price_version: 1,
  terms_version: 1,
  positions: [],
  windows: 0,
  raw_rows: 0,
  requests: 0,
  attempts: 0,
  lines_received: 0,
  lines_accounted: 0,
  corrected: [],
}
