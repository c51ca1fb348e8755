import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { DAY, HOUR, SECOND } from '../../platform/clock.ts'
import { leveledRows } from '../leveled-rows.ts'
import type { AnswerDeps, Asked } from '../question.ts'
import { askedParameters } from '../scope-sql.ts'
import { readSettledUntil } from '../settled-until.ts'
import { MOST_WEEKS } from '../statistics/seasonal-baseline.ts'
import { readSettledHours } from '../unexpected/cost-series.ts'
import type { SuspectInputs } from './explain-suspects.ts'
import type { Caller, CallerHour, CallerSlot, PlacePast, PlaceSlot, ThinDay } from './suspect.ts'

const placesSql = readQuery(import.meta.url, 'places')
const placesBeforeSql = readQuery(import.meta.url, 'places-before')
const thinPlacesSql = readQuery(import.meta.url, 'thin-places')
const callersSql = readQuery(import.meta.url, 'callers')
const callerHoursSql = readQuery(import.meta.url, 'caller-hours')
const unitCostsSql = readQuery(import.meta.url, 'unit-costs')

/** Minutes of the period: slots of ten minutes need them. */
const MINUTES = '{database}.security_per_minute_current'
/** Keys that are held against their past: the busiest. */
const MOST_CALLERS = 500
const PLACES_BEFORE_MS = 7 * DAY
const THIN_DAYS_BEFORE = 14

interface HoursRow extends Record<Exclude<keyof CallerHour, 'startMs'>, readonly number[]> {
  readonly tenant_id: string
  readonly api_key_id: string
  readonly starts: readonly number[]
}

interface UnitCost {
  readonly tenant_id: string
  readonly currency: string
  readonly cost: number
  readonly tokens: number
  readonly requests: number
}

/** Reads what suspects are judged by; the period begins and ends at whole hours. Rejects with the codes of the client. */
export async function readSuspects(asked: Pick<Asked, 'fromMs' | 'toMs' | 'scope'>, deps: AnswerDeps): Promise<SuspectInputs> {
  const { fromMs, toMs, scope } = asked
  const weeks = { fromMs: fromMs - MOST_WEEKS * 7 * DAY, toMs }
  const before = { fromMs: fromMs - PLACES_BEFORE_MS, toMs: fromMs }
  const days = { fromMs: Math.floor(fromMs / DAY - THIN_DAYS_BEFORE) * DAY, toMs }
  const read = async <Row>(sql: string, span: { fromMs: number; toMs: number }, others = {}, table: 'security' | 'usage' = 'security') => {
    const rows = await leveledRows(table, span, [], deps)
    return await deps.clickhouse.query<Row>(
      sql.replace('{rows}', () => rows.sql),
      { ...askedParameters({ ...span, scope }), ...rows.parameters, ...others },
    )
  }
  const readMinutes = async <Row>(sql: string) =>
    await deps.clickhouse.query<Row>(sql.replace('{rows}', MINUTES), askedParameters({ fromMs, toMs, scope }))
  const [places, placesBefore, thinDays, callerSlots, hours, costs, settledHours, settled] = await Promise.all([
    readMinutes<PlaceSlot>(placesSql),
    read<PlacePast>(placesBeforeSql, before),
    read<ThinDay>(thinPlacesSql, days),
    readMinutes<CallerSlot>(callersSql),
    read<HoursRow>(callerHoursSql, weeks, { rows_of: fromMs / SECOND, limit: MOST_CALLERS }),
    read<UnitCost>(unitCostsSql, { fromMs: fromMs - PLACES_BEFORE_MS, toMs }, {}, 'usage'),
    readSettledHours(weeks, deps),
    readSettledUntil(asked, deps),
  ])
  return {
    ...{ places, placesBefore, thinDays, callerSlots, settled, settledHours },
    callers: hours.map(row => callerOf(row, costs)),
    requests: hours.reduce((all, row) => all + attemptsSince(row, fromMs), 0),
  }
}

function callerOf(row: HoursRow, costs: readonly UnitCost[]): Caller {
  // Of several currencies the one in which most was spent.
  const cost = costs.find(one => one.tenant_id === row.tenant_id && one.cost > 0)
  const hours = row.starts.map((start, index) => ({
    startMs: start * SECOND,
    ...{ tokens: Number(row.tokens[index]), attempts: Number(row.attempts[index]), prefixes: Number(row.prefixes[index]) },
    ...{ guardrail_hits: Number(row.guardrail_hits[index]), sized: Number(row.sized[index]), ln_bytes: Number(row.ln_bytes[index]) },
    ...{ ratios: Number(row.ratios[index]), ln_ratio: Number(row.ln_ratio[index]) },
    ...{ prompted: Number(row.prompted[index]), prompts: Number(row.prompts[index]) },
  }))
  hours.sort((a, b) => a.startMs - b.startMs)
  const unitCost = cost === undefined || cost.tokens === 0 ? null : cost.cost / cost.tokens
  return { tenant_id: row.tenant_id, api_key_id: row.api_key_id, unitCost, currency: cost?.currency ?? '', hours }
}

function attemptsSince(row: HoursRow, fromMs: number): number {
  return row.starts.reduce((all, start, index) => all + (start * SECOND + HOUR > fromMs ? Number(row.attempts[index]) : 0), 0)
}
