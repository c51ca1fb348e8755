import { explainSuspects, type SuspectInputs } from '../../../../services/answers/suspects/explain-suspects.ts'
import type { MadeUpFamily, Score } from '../family.ts'
import { type Attack, JUDGED_FROM_MS, type KeyHour, type SuspectWorld, suspectWorld, WEEKS } from './suspect-world.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Money for a token: an ordinary key spends some dollars an hour. */
const UNIT_COST = 0.000_003

/** Something that a method tells. */
interface Alarm {
  readonly subject: string
  readonly kind: string
  readonly fromMs: number
  readonly toMs: number
}
type Method = (world: SuspectWorld) => Alarm[]

/** Weir, asked every day for the day before; the others are fixed limits and the three deviations that people set up by hand. */
const methods: Readonly<Record<string, Method>> = {
  weir: world => days().flatMap(fromMs => askWeir(world, fromMs)),
  // After Elastic's rules for LLM audits (AWS Bedrock, 2024): guardrails, refused models and high use, by fixed limits.
  'fixed limits': world => [
    ...hourly(world, hour => hour.guardrail_hits > 1 || (hour.attempts > 10 && hour.tokens / hour.attempts > 5_000)),
    ...world.places.filter(one => one.failures >= 10).map(one => slotAlarm(one.prefix, one.at_ms)),
    ...world.slots.filter(one => one.refused_models >= 3 || one.revoked > 0).map(one => slotAlarm(one.key, one.at_ms)),
  ],
  '3σ of a week': world =>
    world.keys.flatMap(({ name, hours }) => {
      const isOut = (of: (hour: KeyHour) => number, index: number) => {
        const past = hours.slice(Math.max(0, index - 168), index).map(of)
        const mean = past.reduce((sum, value) => sum + value, 0) / past.length
        return of(hours[index] as KeyHour) > mean + 3 * Math.sqrt(past.reduce((sum, value) => sum + (value - mean) ** 2, 0) / past.length)
      }
      return runs(name, hours, (_hour, index) => index > 24 && (isOut(one => one.tokens, index) || isOut(one => one.ln_bytes, index)))
    }),
}

const slotAlarm = (subject: string, fromMs: number): Alarm => ({ subject, kind: '', fromMs, toMs: fromMs + HOUR_MS / 6 })
const days = () => Array.from({ length: WEEKS.judged * 7 }, (_, day) => JUDGED_FROM_MS + day * DAY_MS)
const hourly = (world: SuspectWorld, isOut: (hour: KeyHour) => boolean) => world.keys.flatMap(({ name, hours }) => runs(name, hours, isOut))

/** Judged hours for which it holds, those in a row as one. */
function runs(subject: string, hours: readonly KeyHour[], isOut: (hour: KeyHour, index: number) => boolean): Alarm[] {
  const found: { subject: string; kind: string; fromMs: number; toMs: number }[] = []
  for (const [index, hour] of hours.entries()) {
    if (hour.startMs < JUDGED_FROM_MS || !isOut(hour, index)) continue
    const last = found.at(-1)
    if (last !== undefined && last.toMs === hour.startMs) last.toMs += HOUR_MS
    else found.push({ subject, kind: '', fromMs: hour.startMs, toMs: hour.startMs + HOUR_MS })
  }
  return found
}

function askWeir(world: SuspectWorld, fromMs: number): Alarm[] {
  const toMs = fromMs + DAY_MS
  const isInside = ({ at_ms }: { at_ms: number }) => at_ms >= fromMs && at_ms < toMs
  const { findings } = explainSuspects(inputsOf(world, fromMs, isInside), { fromMs, toMs, leastAmount: 1 })
  return findings
    .filter(({ kind }) => kind !== 'wrong key')
    .map(one => ({
      subject: one.api_key_id || one.client_ip_prefix,
      kind: one.kind,
      fromMs: Date.parse(one.from),
      toMs: Date.parse(one.to),
    }))
}

function inputsOf(world: SuspectWorld, fromMs: number, isInside: (slot: { at_ms: number }) => boolean): SuspectInputs {
  const toMs = fromMs + DAY_MS
  const before = world.places.filter(one => one.at_ms < fromMs && one.at_ms >= fromMs - 7 * DAY_MS)
  return {
    places: world.places.filter(isInside).map(({ prefix, ...one }) => ({
      ...{ ...one, client_ip_prefix: prefix, tenants: ['unauthenticated'], nameless_failures: 0 },
    })),
    placesBefore: [...Map.groupBy(before, one => one.prefix)].map(([client_ip_prefix, of]) => {
      const hours = [...Map.groupBy(of, one => Math.floor(one.at_ms / HOUR_MS)).values()].map(slots =>
        slots.reduce((sum, one) => sum + one.failures, 0),
      )
      const failures = hours.reduce((sum, value) => sum + value, 0)
      return { client_ip_prefix, failures, squares: hours.reduce((sum, value) => sum + value ** 2, 0), hours: hours.length }
    }),
    thinDays: world.thinDays.filter(({ day_s }) => day_s * 1000 < toMs && day_s * 1000 >= fromMs - 14 * DAY_MS),
    callerSlots: world.slots.filter(isInside).map(({ key, hits, ...one }) => ({
      ...{ ...one, tenant_id: key, api_key_id: key, attempts: 1, answered: 0, expired: 0 },
      ...{ refused_model_attempts: one.refused_models, guardrail_hits: hits },
    })),
    callers: world.keys.map(({ name, hours }) => ({
      ...{ tenant_id: name, api_key_id: name, unitCost: UNIT_COST, currency: 'USD' },
      hours: hours.filter(({ startMs, attempts }) => startMs < toMs && attempts > 0),
    })),
    settledHours: Array.from(
      { length: (WEEKS.past * 7 + 14) * 24 },
      (_, hour) => JUDGED_FROM_MS - WEEKS.past * 7 * DAY_MS + hour * HOUR_MS,
    ).filter(startMs => startMs < toMs),
    settled: { untilMs: toMs, windows: 1_440 },
    requests: 1,
  }
}

/** They belong together if they are of the same key or network and overlap, an hour more or less. */
function meets(alarm: Alarm, attack: Attack): boolean {
  return alarm.subject === attack.subject && alarm.fromMs <= attack.toMs + HOUR_MS && attack.fromMs <= alarm.toMs + HOUR_MS
}

/** Ten attacks of ten kinds in two weeks, on four ordinary keys and the door; a batch, two agents, phones and a new tenant stay quiet. */
export const suspects: MadeUpFamily = {
  name: 'suspects',
  question: 'suspects',
  judge(seed) {
    const world = suspectWorld(seed)
    return Object.entries(methods).flatMap(([by, method]) => scoresOf(world, method(world), by))
  },
}

function scoresOf({ attacks, keys }: SuspectWorld, alarms: readonly Alarm[], by: string): Score[] {
  const falseOf = (name: string) => alarms.filter(alarm => alarm.subject === name).length
  return [
    ...attacks.map(attack => ({ score: 'attack found', by, isRight: alarms.some(alarm => meets(alarm, attack)) })),
    ...(by === 'weir'
      ? attacks.map(attack => ({ score: `found: ${attack.kind}`, by, isRight: alarms.some(alarm => meets(alarm, attack)) }))
      : []),
    ...alarms.map(alarm => ({ score: 'alarm is an attack', by, isRight: attacks.some(attack => meets(alarm, attack)) })),
    ...keys
      .filter(key => key.isQuiet)
      .map(({ name }) => ({ score: 'quiet key: no false alarm in two weeks', by, isRight: falseOf(name) === 0 })),
  ]
}
