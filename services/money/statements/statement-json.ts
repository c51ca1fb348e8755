import { formatDecimal } from '../decimal.ts'
import { requestsOfLines } from './line-requests.ts'
import type { Statement } from './statement.ts'

/**
 * Who reads. `seesVolumes`: figures that hold other tenants (lines received, positions, minutes, the part that a share is of a shared
 * cost) may be shown; the hash is over all of them.
 */
export interface StatementView {
  seesVolumes: boolean
}

/**
 * A statement as values of JSON: every decimal is text, times are also given as ISO 8601; each line has the path that lists its
 * `requests` (line-requests.ts).
 */
export function statementJson(statement: Statement, view: StatementView = { seesVolumes: true }): Record<string, unknown> {
  const { details, basis, ...rest } = statement
  const { positions: _positions, windows: _windows, lines_received, lines_accounted, ...own } = basis
  return {
    ...(plain({ ...rest, lines: linesOf(statement) }) as object),
    basis: view.seesVolumes ? basis : { ...own, is_complete: lines_accounted === lines_received },
    period_start: iso(statement.period_start_ms),
    period_end: iso(statement.period_end_ms),
    as_of: statement.as_of_ms === null ? null : iso(statement.as_of_ms),
    closed_at: statement.closed_at_ms === null ? null : iso(statement.closed_at_ms),
    details: plain(view.seesVolumes ? details : details.map(({ allocated_ratio: _ratio, ...detail }) => detail)),
  }
}

/**
 * `statementJson` as text in pieces, a line or a detail at a time, so that a large statement needs little memory; gives way to others now
 * and then.
 */
export async function* statementJsonText(statement: Statement, view: StatementView): AsyncGenerator<string> {
  const head = statementJson({ ...statement, lines: [], details: [] }, view)
  const { lines: _lines, details: _details, ...rest } = head
  yield JSON.stringify(rest, null, 1).replace(/\n}$/, '')
  const parts = { lines: linesOf(statement), details: statement.details }
  for (const part of ['lines', 'details'] as const) {
    yield `,\n "${part}": [`
    let count = 0
    for (const item of parts[part]) {
      yield `${count++ === 0 ? '' : ','}\n  ${JSON.stringify(plain(item))}`
      if (count % ITEMS_AT_ONCE === 0) await new Promise(resolve => setImmediate(resolve))
    }
    yield `${count === 0 ? '' : '\n '}]`
  }
  yield '\n}\n'
}

function linesOf(statement: Statement): object[] {
  const requests = requestsOfLines(statement)
  return statement.lines.map((line, index) => ({ ...line, requests: requests[index] }))
}

const ITEMS_AT_ONCE = 500

/** Time as ISO 8601 in UTC, to the second. */
export function iso(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z')
}

function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return formatDecimal(value)
  if (Array.isArray(value)) return value.map(plain)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]))
}
