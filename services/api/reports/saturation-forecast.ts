import { explainFirst } from '../../answers/saturation/explain-first.ts'
import type { FirstFinding } from '../../answers/saturation/first-finding.ts'
import { readFirstInputs } from '../../answers/saturation/first-question.ts'
import type { Question } from '../http/parameters.ts'
import { limitedClickHouse } from '../http/read-limits.ts'
import type { TenantScope } from '../http/readers.ts'
import type { ReportDeps, Row } from './report.ts'

/** What a row has of the forecast; null where it has none: rows of a step, and readers who see their own alone. */
const NONE: Row = {
  ...{ state: null, index: null, bound: null, minutes_earliest: null, minutes_latest: null, probability: null, cause: null },
  growers: null,
}

/**
 * Rows of pools with the forecast that the question `first` gives at the end of the period, so that both tell the same; what saturates
 * first comes first where all rows stand on one page. Rows by step keep the forecast of each minute as it was settled. Rejects with
 * what queries within limits reject with.
 */
export async function withForecast(
  rows: readonly Row[],
  { question, isWhole }: { question: Question; isWhole: boolean },
  scope: TenantScope,
  deps: ReportDeps,
): Promise<readonly Row[]> {
  if (rows.length === 0 || question.stepMs !== undefined || !scope.seesVolumes) return rows.map(row => ({ ...row, ...NONE }))
  const asked = { ...question.period, nowMs: deps.now(), scope, parameters: {} }
  const inputs = await readFirstInputs(asked, { clickhouse: limitedClickHouse(deps) })
  const findings = explainFirst(inputs, asked).findings
  const own = rows.map(row => ({ row, at: findings.findIndex(found => isOf(found, row, question.filters)) }))
  if (isWhole) own.sort((a, b) => (a.at === -1 ? findings.length : a.at) - (b.at === -1 ? findings.length : b.at))
  return own.map(({ row, at }) => ({ ...row, ...forecastOf(findings[at]) }))
}

/** Whether a finding is of what a row stands for: a row of several models has the forecast of the one that saturates first. */
function isOf(found: FirstFinding, row: Row, filters: Question['filters']): boolean {
  return (['pool', 'model'] as const).every(
    name => (row[name] === undefined || row[name] === found[name]) && (filters[name]?.includes(found[name]) ?? true),
  )
}

function forecastOf(found: FirstFinding | undefined): Row {
  if (found === undefined) return { ...NONE, state: 'cannot tell', minutes_to_saturation: null, growers: [] }
  const { state, index, bound, minutes_to_saturation, minutes_earliest, minutes_latest, probability, cause, growers } = found
  return { state, index, bound, minutes_to_saturation, minutes_earliest, minutes_latest, probability, cause, growers }
}
