/**
 * Hours of weeks of cost, made up: no simulation of single requests plays months in time. Ordinary tenants have a weekly shape, slow growth
 * and correlated noise; agents have long sessions of heavy-tailed cost at working hours, and quiet hours between.
 */
import { RandomStream } from '../../../../services/demo/simulation/random.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Weeks before the judged ones, and the judged ones. */
export const WEEKS = { past: 6, judged: 4 } as const
/** A Monday, 00:00 UTC: the judged weeks begin here. */
export const JUDGED_FROM_MS = Date.UTC(2026, 8, 7)

/** Something that happened to a tenant's cost, which is to be found. */
export interface CostEvent {
  readonly tenant_id: string
  readonly fromMs: number
  readonly toMs: number
}

/** Costs by the hour, with what was done to them. */
export interface HourlyWorld {
  readonly series: readonly {
    readonly tenant_id: string
    readonly currency: string
    readonly points: { startMs: number; value: number }[]
  }[]
  readonly events: readonly CostEvent[]
  /** Tenants to whom nothing was done, and whose cost is agents'. */
  readonly quietAgents: readonly string[]
}

/** A world of six tenants: four ordinary ones of whom some are hit three times, two agents that stay quiet. */
export function hourlyWorld(seed: number): HourlyWorld {
  const random = new RandomStream(seed, 'hourly-costs')
  const ordinary = ['acme', 'globex', 'initech', 'umbrella'].map(tenant_id => ({
    tenant_id,
    currency: 'USD',
    points: ordinaryPoints(new RandomStream(seed, `ordinary/${tenant_id}`)),
  }))
  const agents = ['wayne', 'stark'].map(tenant_id => ({
    tenant_id,
    currency: 'USD',
    points: agentPoints(new RandomStream(seed, `agents/${tenant_id}`)),
  }))
  const events = [1, 2, 3].map(week => {
    const one = ordinary[random.below(ordinary.length)] as (typeof ordinary)[number]
    const fromMs = JUDGED_FROM_MS + week * 7 * DAY_MS + random.below(6 * 24) * HOUR_MS
    const hours = 2 + random.below(10)
    const factor = 3 + 5 * random.unit()
    for (const point of one.points) if (point.startMs >= fromMs && point.startMs < fromMs + hours * HOUR_MS) point.value *= factor
    return { tenant_id: one.tenant_id, fromMs, toMs: fromMs + hours * HOUR_MS }
  })
  return { series: [...ordinary, ...agents], events, quietAgents: agents.map(({ tenant_id }) => tenant_id) }
}

const hoursOfAll = () =>
  Array.from({ length: (WEEKS.past + WEEKS.judged) * 168 }, (_, index) => JUDGED_FROM_MS - WEEKS.past * 7 * DAY_MS + index * HOUR_MS)

function normal(random: RandomStream): number {
  return Math.sqrt(-2 * Math.log(1 - random.unit())) * Math.cos(2 * Math.PI * random.unit())
}

/** Working hours of working days are busier; noise has a memory of a few hours. */
function shapeAt(atMs: number, night: number, weekend: number): number {
  const hour = (atMs % DAY_MS) / HOUR_MS
  const day = Math.floor((atMs - JUDGED_FROM_MS) / DAY_MS + 7000) % 7
  return (hour >= 8 && hour < 19 ? 1 : night) * (day >= 5 ? weekend : 1)
}

function ordinaryPoints(random: RandomStream) {
  const [size, night, weekend, growth] = [2 + 60 * random.unit(), 0.1 + 0.5 * random.unit(), 0.3 + 0.6 * random.unit(), 0.1 * random.unit()]
  const [sigma, memory] = [0.15 + 0.2 * random.unit(), 0.3 + 0.4 * random.unit()]
  let noise = 0
  return hoursOfAll().map((startMs, index) => {
    noise = memory * noise + Math.sqrt(1 - memory * memory) * normal(random)
    return { startMs, value: size * shapeAt(startMs, night, weekend) * (1 + growth) ** (index / 168) * Math.exp(sigma * noise) }
  })
}

function agentPoints(random: RandomStream) {
  const [rate, night, cost] = [0.5 + 2 * random.unit(), 0.05 + 0.2 * random.unit(), 0.5 + 2 * random.unit()]
  const hours = hoursOfAll()
  const values = hours.map(() => 0)
  for (const [index, startMs] of hours.entries()) {
    let left = rate * shapeAt(startMs, night, 0.3)
    while (random.unit() < left) {
      left -= 1
      const length = 1 + random.below(4)
      const whole = cost * Math.exp(0.9 * normal(random))
      for (let hour = 0; hour < length; hour++) values[index + hour] = (values[index + hour] ?? 0) + whole / length
    }
  }
  return hours.map((startMs, index) => ({ startMs, value: values[index] ?? 0 }))
}
