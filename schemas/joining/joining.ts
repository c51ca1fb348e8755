/**
 * Which attempts are one request, and which of those that repeat each other counts: the rules in SQL, shared by settling and by whoever
 * shows the requests behind a figure, so that the two never differ.
 */
import { readQuery } from '../../services/platform/clickhouse/read-query.ts'

const steps = readQuery(import.meta.url, 'joining').trim()
const finalOrder = readQuery(import.meta.url, 'final-order')
  .replaceAll(/^--.*\n/gm, '')
  .trim()

/** Fills {final_order} of a query over attempts: the ORDER BY of a request's attempts whose last is the final one. */
export function inFinalOrder(sql: string): string {
  return sql.replaceAll('{final_order}', finalOrder)
}

/**
 * The steps of a WITH clause that ends in `claimed` (see queries/joining.sql). `rows`: condition on attempts_raw that chooses all rows of
 * the requests concerned; `columns`: those wanted, by name. tenant_id, started_at, ended_at, duration_ms and outcome must be among them.
 */
export function joiningSteps({ rows, columns }: { rows: string; columns: string }): string {
  return steps.replaceAll('{attempt_columns}', columns).replace('{rows}', rows)
}
