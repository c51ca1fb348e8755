import Type, { type Static } from 'typebox'
import { ACCESS_LOG_TOPIC } from '../../../schemas/topics.ts'
import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import { readQuery } from '../../platform/clickhouse/read-query.ts'
import type { Question } from '../http/parameters.ts'
import { type ReadLimits, readRows } from '../http/read-limits.ts'
import type { TenantScope } from '../http/readers.ts'
import { scopeParameters } from './report-sql.ts'

const Count = (description: string) => Type.Integer({ minimum: 0, description })
const CountOrNull = (description: string) => Type.Union([Type.Integer({ minimum: 0 }), Type.Null()], { description })
const TimeOrNull = (description: string) => Type.Union([Type.String({ format: 'date-time' }), Type.Null()], { description })

/** What stands behind the figures of a report: shown beside every one. */
export const CompletenessSummary = Type.Object({
  attempts_rows: Count('rows of attempts_raw in the windows of the range, redeliveries included'),
  requests: Count('settled requests'),
  attempts: Count('settled attempts, deduplicated'),
  duplicates: CountOrNull('rows left out because the same attempt was there already; null when limited to tenants'),
  conflicts: Count('rows left out although they say something else than the row that counts'),
  dead_letters: CountOrNull('refused lines received in the range; null when limited to tenants: a refused line has no trusted tenant'),
  unseen_attempts: Count('attempts that a gateway counted but wrote no row of; their usage is unknown'),
  settled_windows: Count('windows of the range with a settled version; limited to tenants: of those in which they have rows'),
  unsettled_windows: Count('windows of the range with rows that no settled version has yet'),
  repricing_windows: Count('settled windows of the range whose figures are still at prices of before an import or correction'),
  last_settled_window: TimeOrNull('start of the latest settled window, whatever the range; limited to tenants: of theirs in the range'),
  last_settled_at: TimeOrNull('when a window was settled last, whatever the range; null when limited to tenants'),
})
export type CompletenessSummary = Static<typeof CompletenessSummary>

const windowsSql = readQuery(import.meta.url, 'completeness-windows')
const tenantsSql = readQuery(import.meta.url, 'completeness-tenants')
const deadLettersSql = readQuery(import.meta.url, 'completeness-dead-letters')

type OfAll = Omit<CompletenessSummary, 'dead_letters'>
type OfTenants = Omit<CompletenessSummary, 'duplicates' | 'dead_letters' | 'last_settled_at'>

/** Reads the summary for a period, limited to the scope's tenants. Rejects as `readRows`. */
export async function readCompletenessSummary(
  question: Pick<Question, 'period'>,
  scope: TenantScope,
  deps: { clickhouse: ClickHouse; limits: ReadLimits },
): Promise<CompletenessSummary> {
  const parameters = scopeParameters(question, scope)
  const one = async <Row>(sql: string): Promise<Row> =>
    (await readRows<Row>(sql, { ...parameters, access_log: ACCESS_LOG_TOPIC }, deps))[0] as Row
  if (!scope.isAll) return { ...(await one<OfTenants>(tenantsSql)), duplicates: null, dead_letters: null, last_settled_at: null }
  const [all, { dead_letters }] = await Promise.all([one<OfAll>(windowsSql), one<{ dead_letters: number }>(deadLettersSql)])
  return { ...all, dead_letters }
}
