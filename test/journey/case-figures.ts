/** What a report over a case comes to, as few numbers that can be worked out by hand. */
import type { ReportTables } from '../../services/cli/report/tables.ts'

type Row = Readonly<Record<string, unknown>>

/** Sums over the whole report; amounts are exact decimal text. */
export interface Figures {
  lines: number
  requests: number
  successful_requests: number
  /** Attempt rows after dedup. */
  attempts: number
  /** Attempts that went upstream, as far as any line tells. */
  attempts_reported: number
  duplicates: number
  conflicts: number
  skipped_lines: number
  dead_letters: number
  /** Line numbers of the dead letters, in order. */
  dead_letter_lines: readonly number[]
  input_tokens: number
  cached_input_tokens: number
  cache_write_tokens: number
  output_tokens: number
  reasoning_tokens: number
  missing_usage_attempts: number
  contradictory_usage_attempts: number
  /** Attempts of which nothing is known to be right: neither tokens nor a price. */
  unpriced_attempts: number
  list_cost: string
  /** The distinct costs per successful request of the usage rows. */
  cost_per_successful_request: readonly (string | null)[]
  /** Priced quantities by kind. */
  kinds: Readonly<Record<string, number>>
  retried_requests: number
  recovered: number
  failed_after_all: number
  wasted_tokens: number
}

/** The figures of a report. */
export function figuresOf(report: ReportTables): Figures {
  const { completeness, usage, resilience } = report
  const used = (column: string) => sumOf(usage, column)
  const kinds: Record<string, number> = {}
  for (const { token_kind, quantity } of report.charges) kinds[String(token_kind)] = (kinds[String(token_kind)] ?? 0) + Number(quantity)
  return {
    lines: completeness.lines,
    requests: completeness.requests,
    successful_requests: used('successful_requests'),
    attempts: completeness.attempts,
    attempts_reported: used('attempts_reported'),
    duplicates: completeness.duplicates,
    conflicts: completeness.conflicts,
    skipped_lines: completeness.skipped_lines,
    dead_letters: completeness.dead_letters,
    dead_letter_lines: report.dead_letters.map(letter => Number(letter['line_no'])),
    input_tokens: used('input_tokens'),
    cached_input_tokens: used('cached_input_tokens'),
    cache_write_tokens: used('cache_write_tokens'),
    output_tokens: used('output_tokens'),
    reasoning_tokens: used('reasoning_tokens'),
    missing_usage_attempts: used('missing_usage_attempts'),
    contradictory_usage_attempts: used('contradictory_usage_attempts'),
    unpriced_attempts: used('unpriced_attempts'),
    list_cost: decimalSum(usage.map(row => String(row['list_cost']))),
    cost_per_successful_request: [...new Set(usage.map(row => row['cost_per_successful_request'] as string | null))],
    kinds,
    retried_requests: sumOf(resilience, 'retried_requests'),
    recovered: sumOf(resilience, 'recovered_by_retry') + sumOf(resilience, 'recovered_by_fallback'),
    failed_after_all: sumOf(resilience, 'failed_after_all'),
    wasted_tokens: sumOf(resilience, 'wasted_tokens'),
  }
}

function sumOf(rows: readonly Row[], column: string): number {
  return rows.reduce((sum, row) => sum + Number(row[column]), 0)
}

const PLACES = 18

/** The exact sum of decimal texts, without zeros at its end. */
export function decimalSum(amounts: readonly string[]): string {
  const sum = amounts.reduce((total, amount) => {
    const [whole = '0', fraction = ''] = amount.split('.')
    return total + BigInt(whole + fraction.padEnd(PLACES, '0'))
  }, 0n)
  const digits = String(sum).padStart(PLACES + 1, '0')
  return `${digits.slice(0, -PLACES)}.${digits.slice(-PLACES)}`.replace(/\.?0+$/, '')
}
