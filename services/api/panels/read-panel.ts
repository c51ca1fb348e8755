import type { Levels } from '../../../dashboards/leveled-rows.ts'
import { type Panel, variables } from '../../../dashboards/panel.ts'
import { apiPlaces, panelSql } from '../../../dashboards/panel-sql.ts'
import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import { DAY, HOUR, MINUTE, type Now, SECOND } from '../../platform/clock.ts'
import type { Question } from '../http/parameters.ts'
import { secondsUp } from '../http/period.ts'
import { type ReadLimits, readRows } from '../http/read-limits.ts'
import type { TenantScope } from '../http/readers.ts'

/** A row of a panel: its columns, numbers as numbers, unknown as null. */
export type PanelRow = Readonly<Record<string, string | number | null>>

const STEPS = [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 6 * HOUR]
/** A line of more points than these is no clearer on any screen that panels are drawn on. */
const MOST_POINTS = 240

/** The shortest step (ms) that cuts a period into no more parts than a line needs. */
export function stepFor(lengthMs: number): number {
  return STEPS.find(step => lengthMs / step <= MOST_POINTS) ?? Math.ceil(lengthMs / MOST_POINTS / DAY) * DAY
}

/** The rows of a panel for a scope. Rejects as readRows does. */
export async function readPanel(
  panel: Panel,
  asked: { question: Question; stepMs: number; scope: TenantScope },
  deps: { clickhouse: ClickHouse; limits: ReadLimits; now: Now },
): Promise<PanelRow[]> {
  const { question, stepMs, scope } = asked
  const chosen = variables.filter(name => panel.variables.includes(name))
  const values = chosen.flatMap(name => {
    const given = name === 'tenant_id' ? { isAll: scope.isAll, values: scope.tenants } : ofFilter(question.filters[name])
    return [
      [`all_${name}`, given.isAll],
      [name, given.values],
    ]
  })
  const bounds = { from: secondsUp(question.period.fromMs), to: secondsUp(question.period.toMs), step: stepMs / SECOND }
  return await readRows<PanelRow>(
    panelSql(panel, apiPlaces, levelsFor(panel, asked, deps.now())),
    { ...bounds, ...Object.fromEntries(values) },
    deps,
  )
}

/**
 * Minutes alone where steps are parts of hours, which hours cannot tell, and for a few hours of the last day: to look which hours are up to
 * date takes longer than to read their minutes. What is older may be there by the hour only.
 */
function levelsFor(panel: Panel, { question, stepMs }: { question: Question; stepMs: number }, nowMs: number): Levels {
  const isInTime = panel.columns.some(({ role }) => role === 'time')
  const { fromMs, toMs } = question.period
  const isShort = toMs - fromMs <= 6 * HOUR && fromMs > nowMs - DAY
  return (isInTime && stepMs % HOUR !== 0) || isShort ? 'minutes' : 'all'
}

const ofFilter = (given: readonly string[] | undefined) => ({ isAll: given === undefined, values: given ?? [] })
