import type { Row } from '../../api/reports/report.ts'
import { formatDecimal, parseDecimal } from '../../money/decimal.ts'
import { grouped, groupedDecimal } from '../../platform/text-table.ts'
import { sumsByCurrency } from './totals.ts'

/** Lines of the headline at most. */
const MOST_LINES = 5
/** From this share of all requests on failures are told first. */
const MANY_FAILURES = 0.01

/** What stands out, in at most five lines: who costs most, what fails, and what the answers found. */
export function headlinesOf(usage: readonly Row[], answers: readonly string[]): string[] {
  return [failures(usage), dearest(usage), ...answers].filter(line => line !== undefined).slice(0, MOST_LINES)
}

/** Which tenant, route and model carry most of the cost; undefined: nothing has a cost. Of several currencies the one with most rows. */
function dearest(usage: readonly Row[]): string | undefined {
  const [first] = Map.groupBy(usage, row => String(row['currency']))
    .entries()
    .toArray()
    .sort((a, b) => b[1].length - a[1].length)
  if (first === undefined) return undefined
  const [currency, rows] = first
  const [sum] = sumsByCurrency(rows, { counts: [], amounts: ['list_cost'] })
  const total = parseDecimal(String(sum?.['list_cost'] ?? '0'))
  if (total <= 0n) return undefined
  const most = rows.reduce((top, row) => (costOf(row) > costOf(top) ? row : top))
  const share = Number((costOf(most) * 1000n) / total) / 10
  const served = most['response_model'] || most['request_model']
  const where = `${most['tenant_id']} on ${most['route'] || 'no route'} with ${served} at ${most['upstream'] || 'nobody'}`
  return `Cost: ${share} % of ${groupedDecimal(formatDecimal(total))} ${currency} is ${where}.`
}

const costOf = (row: Row) => parseDecimal(String(row['list_cost'] ?? '0'))

/** How many requests were not answered well, and whose most are; undefined: few. */
function failures(usage: readonly Row[]): string | undefined {
  const failedOf = (row: Row) => Number(row['requests'] ?? 0) - Number(row['successful_requests'] ?? 0)
  const requests = usage.reduce((sum, row) => sum + Number(row['requests'] ?? 0), 0)
  const failed = usage.reduce((sum, row) => sum + failedOf(row), 0)
  if (failed < MANY_FAILURES * requests || failed === 0) return undefined
  const worst = usage.reduce((top, row) => (failedOf(row) > failedOf(top) ? row : top))
  return (
    `Failures: ${grouped(failed)} of ${grouped(requests)} requests were not answered well, most of them (${grouped(failedOf(worst))}) of ` +
    `${worst['tenant_id']} on ${worst['route'] || 'no route'} at ${worst['upstream'] || 'the gateway'}.`
  )
}
