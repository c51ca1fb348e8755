import { findUnexpected } from '../../../../services/answers/unexpected/find-unexpected.ts'
import type { MadeUpFamily, Score } from '../family.ts'
import { type CostEvent, type HourlyWorld, hourlyWorld, JUDGED_FROM_MS, WEEKS } from './hourly-costs.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** What a method says: hours in a row that it finds unusual. */
type Method = (world: HourlyWorld) => CostEvent[]

/** Weir, asked every day for the day before; the two others are what people set up by hand today. */
const methods: Readonly<Record<string, Method>> = {
  weir: world => days().flatMap(fromMs => [...findUnexpected(world.series, { fromMs, toMs: fromMs + DAY_MS }, { leastAmount: 1 }).alarms]),
  'yesterday ±50 %': world => byHour(world, (values, index) => (values[index] ?? 0) > 1.5 * (values[index - 24] ?? 0) + 1),
  '3σ of 7 days': world =>
    byHour(world, (values, index) => {
      const week = values.slice(index - 168, index)
      const mean = week.reduce((sum, value) => sum + value, 0) / week.length
      const sigma = Math.sqrt(week.reduce((sum, value) => sum + (value - mean) ** 2, 0) / week.length)
      return (values[index] ?? 0) > mean + 3 * sigma && (values[index] ?? 0) > mean + 1
    }),
}

function days(): number[] {
  return Array.from({ length: WEEKS.judged * 7 }, (_, day) => JUDGED_FROM_MS + day * DAY_MS)
}

/** Hours of the judged weeks for which it holds, those in a row as one. */
function byHour({ series }: HourlyWorld, isOut: (values: readonly number[], index: number) => boolean): CostEvent[] {
  return series.flatMap(({ tenant_id, points }) => {
    const values = points.map(({ value }) => value)
    const found: { tenant_id: string; fromMs: number; toMs: number }[] = []
    for (const [index, { startMs }] of points.entries()) {
      if (startMs < JUDGED_FROM_MS || !isOut(values, index)) continue
      const last = found.at(-1)
      if (last !== undefined && last.toMs === startMs) last.toMs = startMs + HOUR_MS
      else found.push({ tenant_id, fromMs: startMs, toMs: startMs + HOUR_MS })
    }
    return found
  })
}

/** Events and alarms belong together if they overlap, an hour more or less. */
function meets(a: CostEvent, b: CostEvent): boolean {
  return a.tenant_id === b.tenant_id && a.fromMs <= b.toMs + HOUR_MS && b.fromMs <= a.toMs + HOUR_MS
}

/** Four ordinary tenants hit three times in a month by three to eight times their usual cost for 2 to 11 hours; two agents stay quiet. */
export const unexpectedHours: MadeUpFamily = {
  name: 'unexpected-hours',
  question: 'unexpected',
  judge(seed) {
    const world = hourlyWorld(seed)
    return Object.entries(methods).flatMap(([by, method]) => scoresOf(world, method(world), by))
  },
}

function scoresOf({ events, quietAgents }: HourlyWorld, alarms: readonly CostEvent[], by: string): Score[] {
  const falseOf = (tenant_id: string) => alarms.filter(alarm => alarm.tenant_id === tenant_id).length
  return [
    ...events.map(event => ({ score: 'event found', by, isRight: alarms.some(alarm => meets(alarm, event)) })),
    ...alarms.map(alarm => ({ score: 'alarm is an event', by, isRight: events.some(event => meets(alarm, event)) })),
    ...quietAgents.map(tenant_id => ({ score: 'quiet agents: at most one false alarm a month', by, isRight: falseOf(tenant_id) <= 1 })),
    ...quietAgents.map(tenant_id => ({ score: 'quiet agents: false alarms a month', by, value: falseOf(tenant_id) })),
  ]
}
