/**
 * Hours of weeks of keys, made up: no simulation of single requests plays months in time. Ordinary keys have a weekly shape and noise with
 * a memory, a batch runs at night with large requests, agents burst and live on their cache, a phone app comes from everywhere, one tenant
 * is new. Then some are attacked; a deploy with a changed key is no attack.
 */
import { RandomStream } from '../../../../services/demo/simulation/random.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const SLOT_MS = HOUR_MS / 6
/** Weeks before the judged ones, and the judged ones. */
export const WEEKS = { past: 6, judged: 2 } as const
/** A Monday, 00:00 UTC: the judged weeks begin here. */
export const JUDGED_FROM_MS = Date.UTC(2026, 8, 7)

/** An attack: on a key, or from a network ('' for one that has none). */
export interface Attack {
  readonly kind: string
  readonly subject: string
  readonly fromMs: number
  readonly toMs: number
}

/** An hour of a key as the settled tables would tell it. */
export interface KeyHour {
  startMs: number
  tokens: number
  attempts: number
  prefixes: number
  guardrail_hits: number
  sized: number
  ln_bytes: number
  ratios: number
  ln_ratio: number
  prompted: number
  prompts: number
}

/** All that there is to be judged, with the truth. */
export interface SuspectWorld {
  readonly keys: readonly { readonly name: string; readonly isQuiet: boolean; readonly hours: KeyHour[] }[]
  readonly places: { at_ms: number; prefix: string; attempts: number; answered: number; failures: number; bad_keys: number }[]
  readonly slots: { at_ms: number; key: string; revoked: number; prefixes: number; models: number; refused_models: number; hits: number }[]
  readonly thinDays: { day_s: number; places: number; failures: number }[]
  readonly attacks: readonly Attack[]
}

interface Shape {
  readonly rate: number
  readonly night: number
  readonly weekend: number
  readonly sigma: number
  readonly memory: number
  readonly prefixes: number
  readonly tokens: number
  readonly repeats: number
}

/** A world; all that is drawn hangs on the seed. */
export function suspectWorld(seed: number): SuspectWorld {
  const random = new RandomStream(seed, 'suspects')
  const ordinary = ['k-acme', 'k-globex', 'k-initech', 'k-umbrella'].map(name => ({
    name,
    isQuiet: false,
    hours: ordinaryHours(seed, name),
  }))
  const quiet = [
    { name: 'k-batch', isQuiet: true, hours: batchHours(seed) },
    { name: 'k-agent-1', isQuiet: true, hours: agentHours(seed, 1) },
    { name: 'k-agent-2', isQuiet: true, hours: agentHours(seed, 2) },
    { name: 'k-phones', isQuiet: true, hours: ordinaryHours(seed, 'k-phones', { prefixes: 400 }) },
    { name: 'k-new', isQuiet: true, hours: ordinaryHours(seed, 'k-new').filter(({ startMs }) => startMs >= JUDGED_FROM_MS + 3 * DAY_MS) },
  ]
  const world: SuspectWorld = { keys: [...ordinary, ...quiet], places: [], slots: [], thinDays: thinDays(seed), attacks: [] }
  quietFailures(world, random)
  const attacks = ATTACKS.map((attack, index) => {
    const victim = ordinary[random.below(ordinary.length)] as (typeof ordinary)[number]
    // One a day, at any hour of it: none hides behind another.
    const fromMs = JUDGED_FROM_MS + (index + 1) * DAY_MS + random.below(18) * HOUR_MS
    return attack({ world, random, victim: victim.hours, name: victim.name, fromMs })
  })
  return { ...world, attacks }
}

interface Scene {
  readonly world: SuspectWorld
  readonly random: RandomStream
  readonly victim: KeyHour[]
  readonly name: string
  readonly fromMs: number
}

/** Changes some hours of a key. */
function onHours({ victim, name, fromMs, random }: Scene, kind: string, change: (hour: KeyHour) => void): Attack {
  const toMs = fromMs + (2 + random.below(5)) * HOUR_MS
  for (const hour of victim) if (hour.startMs >= fromMs && hour.startMs < toMs) change(hour)
  return { kind, subject: name, fromMs, toMs }
}

/** A victim that sleeps is woken: a thief does not wait. */
function wake(hour: KeyHour, attempts: number): void {
  for (const name of ['attempts', 'sized', 'ratios', 'prompted', 'prompts'] as const) hour[name] = Math.max(hour[name], attempts)
}

const ATTACKS: readonly ((scene: Scene) => Attack)[] = [
  scene => {
    const factor = 2.5 + 8 * scene.random.unit()
    const most = Math.max(...scene.victim.map(hour => hour.tokens))
    return onHours(scene, 'appetite', hour => {
      hour.tokens = Math.max(hour.tokens * factor, most * (0.4 + 0.15 * factor))
      hour.attempts *= factor
    })
  },
  scene => onHours(scene, 'many places', hour => (hour.prefixes = 6 + scene.random.below(50))),
  scene => {
    const shift = 0.5 + 1.5 * scene.random.unit()
    return onHours(scene, 'larger requests', hour => {
      wake(hour, 40)
      hour.ln_bytes += shift
    })
  },
  scene => {
    const shift = 0.5 + 1.5 * scene.random.unit()
    return onHours(scene, 'longer answers', hour => {
      wake(hour, 40)
      hour.ln_ratio += shift
    })
  },
  scene => {
    const left = 0.05 + 0.55 * scene.random.unit()
    return onHours(scene, 'repeats', hour => {
      wake(hour, 40)
      hour.prompts = Math.ceil(hour.prompted * left)
    })
  },
  scene => onHours(scene, 'guardrail', hour => (hour.guardrail_hits += 2 + scene.random.below(20))),
  ({ world, random, fromMs }) => {
    const keys = 5 + random.below(300)
    for (let slot = 0; slot < 3; slot++)
      world.places.push(place(fromMs + slot * SLOT_MS, '203.0.113.0/24', { failures: keys, bad_keys: keys }))
    return { kind: 'guessing', subject: '203.0.113.0/24', fromMs, toMs: fromMs + 3 * SLOT_MS }
  },
  ({ world, random, name, fromMs }) => {
    world.slots.push({ ...noSlot, at_ms: fromMs, key: `${name}-old`, revoked: 1 + random.below(20), prefixes: 1 })
    return { kind: 'barred key', subject: `${name}-old`, fromMs, toMs: fromMs + SLOT_MS }
  },
  ({ world, random, name, fromMs }) => {
    const models = 5 + random.below(30)
    world.slots.push({ ...noSlot, at_ms: fromMs, key: name, models, refused_models: models - 2 })
    return { kind: 'enumeration', subject: name, fromMs, toMs: fromMs + SLOT_MS }
  },
  ({ world, random, fromMs }) => {
    const day = Math.floor(fromMs / DAY_MS) * DAY_MS
    const places = 25 + random.below(300)
    const of = world.thinDays.find(one => one.day_s * 1000 === day)
    if (of !== undefined) Object.assign(of, { places: of.places + places, failures: of.failures + places * 1.5 })
    return { kind: 'low and slow', subject: '', fromMs: day, toMs: day + DAY_MS }
  },
]

const noSlot = { revoked: 0, prefixes: 0, models: 0, refused_models: 0, hits: 0 }
const place = (
  at_ms: number,
  prefix: string,
  { failures, bad_keys, answered = 0 }: { failures: number; bad_keys: number; answered?: number },
) => ({
  ...{ at_ms, prefix, attempts: failures + answered, answered, failures, bad_keys },
})

/** What happens on quiet days: typing errors, an office behind one address, a deploy with a changed key, models that are not there. */
function quietFailures(world: SuspectWorld, random: RandomStream): void {
  for (let day = 0; day < WEEKS.judged * 7; day++) {
    const dayMs = JUDGED_FROM_MS + day * DAY_MS
    for (let n = 0; n < 6; n++) {
      const at_ms = dayMs + random.below(144) * SLOT_MS
      world.places.push(
        place(at_ms, `192.0.2.${random.below(8)}/24`, { failures: 5 + random.below(8), bad_keys: 1 + random.below(3), answered: 200 }),
      )
    }
    world.slots.push({
      ...noSlot,
      at_ms: dayMs + random.below(144) * SLOT_MS,
      key: 'k-agent-1',
      models: 7,
      refused_models: random.below(3),
    })
    if (day % 5 !== 2) continue
    const at = dayMs + random.below(120) * SLOT_MS
    for (let slot = 0; slot < 12; slot++)
      world.places.push(place(at + slot * SLOT_MS, '198.51.100.0/24', { failures: 40 + random.below(400), bad_keys: 1 }))
  }
}

function thinDays(seed: number) {
  const random = new RandomStream(seed, 'thin')
  const usual = 3 + random.below(25)
  return Array.from({ length: 14 + WEEKS.judged * 7 }, (_, index) => {
    const places = Math.round(usual * Math.exp(0.3 * normal(random)))
    return { day_s: (JUDGED_FROM_MS + (index - 14) * DAY_MS) / 1000, places, failures: Math.round(places * 1.3) }
  })
}

const hoursOfAll = () =>
  Array.from({ length: (WEEKS.past + WEEKS.judged) * 168 }, (_, index) => JUDGED_FROM_MS - WEEKS.past * 7 * DAY_MS + index * HOUR_MS)

function normal(random: RandomStream): number {
  return Math.sqrt(-2 * Math.log(1 - random.unit())) * Math.cos(2 * Math.PI * random.unit())
}

function shapeAt(atMs: number, { night, weekend }: Pick<Shape, 'night' | 'weekend'>): number {
  const hour = (atMs % DAY_MS) / HOUR_MS
  const day = Math.floor((atMs - JUDGED_FROM_MS) / DAY_MS + 7000) % 7
  return (hour >= 8 && hour < 19 ? 1 : night) * (day >= 5 ? weekend : 1)
}

/** An hour of `attempts` requests of this size; sizes vary by request, so means vary less the more there are. */
function hourOf(
  startMs: number,
  attempts: number,
  of: { tokens: number; bytes: number; ratio: number; repeats: number; prefixes: number },
  random: RandomStream,
): KeyHour {
  const spread = () => normal(random) / Math.sqrt(Math.max(1, attempts))
  const repeated = Math.min(attempts, Math.round(attempts * of.repeats * Math.exp(0.3 * normal(random))))
  return {
    ...{ startMs, attempts, tokens: attempts * of.tokens * Math.exp(0.1 * normal(random) + spread()) },
    prefixes: attempts === 0 ? 0 : Math.max(1, Math.round(Math.min(of.prefixes, attempts) * (0.7 + 0.3 * random.unit()))),
    guardrail_hits: random.unit() < 0.02 ? 1 : 0,
    ...{ sized: attempts, ln_bytes: of.bytes + 0.12 * normal(random) + spread() },
    ...{ ratios: attempts, ln_ratio: of.ratio + 0.12 * normal(random) + spread() },
    ...{ prompted: attempts, prompts: attempts - repeated },
  }
}

function ordinaryHours(seed: number, name: string, { prefixes = 2 } = {}): KeyHour[] {
  const random = new RandomStream(seed, `key/${name}`)
  const [rate, night, weekend] = [40 + 900 * random.unit(), 0.1 + 0.5 * random.unit(), 0.3 + 0.6 * random.unit()]
  const [sigma, memory] = [0.15 + 0.2 * random.unit(), 0.3 + 0.4 * random.unit()]
  const of = {
    tokens: 800 + 2_000 * random.unit(),
    bytes: 8 + 2 * random.unit(),
    ratio: -1 - random.unit(),
    repeats: 0.02 + 0.06 * random.unit(),
    prefixes,
  }
  let noise = 0
  return hoursOfAll().map(startMs => {
    noise = memory * noise + Math.sqrt(1 - memory * memory) * normal(random)
    return hourOf(startMs, Math.round(rate * shapeAt(startMs, { night, weekend }) * Math.exp(sigma * noise)), of, random)
  })
}

/** Small requests by day; at two o'clock, for three hours, many large ones, a third of them the same every night. */
function batchHours(seed: number): KeyHour[] {
  const random = new RandomStream(seed, 'key/batch')
  return hoursOfAll().map(startMs => {
    const hour = (startMs % DAY_MS) / HOUR_MS
    return hour >= 2 && hour < 5
      ? hourOf(
          startMs,
          Math.round(3_000 * Math.exp(0.1 * normal(random))),
          { tokens: 9_000, bytes: 11, ratio: -3, repeats: 0.33, prefixes: 1 },
          random,
        )
      : hourOf(
          startMs,
          Math.round(60 * Math.exp(0.3 * normal(random))),
          { tokens: 900, bytes: 8.5, ratio: -1, repeats: 0.03, prefixes: 1 },
          random,
        )
  })
}

/** Sessions of heavy-tailed length at working hours; nearly all input comes out of a cache, so that few tokens are new. */
function agentHours(seed: number, number: number): KeyHour[] {
  const random = new RandomStream(seed, `key/agent-${number}`)
  const hours = hoursOfAll()
  const calls = hours.map(() => 0)
  for (const [index, startMs] of hours.entries()) {
    let left = 1.5 * shapeAt(startMs, { night: 0.1, weekend: 0.3 })
    while (random.unit() < left) {
      left -= 1
      const length = 1 + random.below(4)
      const whole = 120 * Math.exp(0.9 * normal(random))
      for (let hour = 0; hour < length; hour++) calls[index + hour] = (calls[index + hour] ?? 0) + whole / length
    }
  }
  // Each hour's sessions have sizes of their own.
  return hours.map((startMs, index) => {
    const of = { tokens: 2_500 * Math.exp(0.5 * normal(random)), bytes: 11.5 + 0.5 * normal(random), ratio: -4 + 0.5 * normal(random) }
    return hourOf(startMs, Math.round(calls[index] ?? 0), { ...of, repeats: 0.02, prefixes: 1 }, random)
  })
}
