import { MINUTE } from '../../../../services/platform/clock.ts'
import { CULPRIT, POOL, QUIET_MINUTES, ramp, type Shape, TRUTH_MINUTES } from './saturation-platform.ts'

/** A pool whose prompts are the bound: long ones, prefilled two at a time, with room in the cache for many. */
const PREFILL_BOUND = { kv_capacity_tokens: 400_000, prefill_tokens_per_s: 6_000, prompts_at_once: 2 } as const

/** Minutes from what happens to the end of the truth. */
const AFTER = TRUTH_MINUTES - QUIET_MINUTES

/** All tenants but the culprit send what they usually do, 0.6 of the usual; the factor of the culprit's that brings all to `peak`. */
const factorTo = (peak: number, usual: number) => (peak / usual - 0.6) / 0.4

const surge = (factor: number, fromMinute: number, minutes: number) =>
  ({ kind: 'tenant-surge', tenant_id: CULPRIT, from_ms: fromMinute * MINUTE, to_ms: (fromMinute + minutes) * MINUTE, factor }) as const

/** The culprit's load grows for a while, to `peak` of what the pool can do. */
function rampTo(draw: () => number, peak: number, minutes: number): Shape {
  const usual = 0.3 + 0.2 * draw()
  return { usual, effects: ramp(minutes, factorTo(peak, usual)) }
}

/**
 * Kinds of scenarios: what makes a pool saturate, and what looks like it and does not. Loads are shares of what the pool can do; the
 * arrival trace makes each tenant's 0.8 to 1.6 times as high, ten minutes at a time.
 */
export const saturationShapes: Readonly<Record<string, (draw: () => number) => Shape>> = {
  /** One tenant's load grows for 15 to 30 minutes, to well beyond what the cache holds. */
  ramp: draw => rampTo(draw, 1.8 + 0.5 * draw(), 15 + 15 * draw()),
  /** It jumps to beyond what the pool can do. */
  burst: draw => {
    const usual = 0.3 + 0.2 * draw()
    return { usual, effects: [surge(factorTo(1.6 + 0.4 * draw(), usual), 0, AFTER)] }
  },
  /** The engines become slower, minute by minute, at the same load. */
  leak: draw => {
    const [minutes, least] = [10 + 8 * Math.floor(2 * draw()), 0.22 + 0.1 * draw()]
    const effects = [0, 1].flatMap(engine =>
      Array.from({ length: AFTER }, (_, minute) => ({
        kind: 'engine-speed' as const,
        pool: POOL,
        engine,
        from_ms: minute * MINUTE,
        to_ms: (minute + 1) * MINUTE,
        speed: 1 - ((1 - least) * Math.min(minute + 1, minutes)) / minutes,
      })),
    )
    return { usual: 0.6 + 0.12 * draw(), effects }
  },
  /** Long prompts in a pool with much cache: KV use stays low. */
  'prefill ramp': draw => ({
    ...rampTo(draw, 1.8 + 0.5 * draw(), 15 + 15 * draw()),
    tokens: 'mooncake-synthetic',
    pool: PREFILL_BOUND,
  }),
  /** An engine restarts and is slow for its first three minutes; load stays. */
  'cold start': draw => ({
    usual: 0.4 + 0.2 * draw(),
    effects: [
      { kind: 'engine-restart', pool: POOL, engine: 1, from_ms: 0, to_ms: 40_000 },
      { kind: 'engine-speed', pool: POOL, engine: 1, from_ms: 40_000, to_ms: 220_000, speed: 0.4 + 0.2 * draw() },
    ],
  }),
  /** A jump beyond what the pool can do, over after a minute or so: its queue drains. Twice. */
  'drained burst': draw => {
    const usual = 0.3 + 0.2 * draw()
    const factor = factorTo(1.1 + 0.3 * draw(), usual)
    return { usual, effects: [surge(factor, 0, 0.7 + 0.6 * draw()), surge(factor, 12, 0.7 + 0.6 * draw())] }
  },
  /** Long answers of a reasoning model to short prompts: the cache binds long before prompts do. */
  'reasoning ramp': draw => ({ ...rampTo(draw, 1.8 + 0.5 * draw(), 15 + 15 * draw()), tokens: 'servegen-reasoning' }),
  /** Growth that ends well before the pool is full. */
  'ended ramp': draw => rampTo(draw, 0.5 + 0.15 * draw(), 5 + 10 * draw()),
  /** Nothing happens. */
  quiet: draw => ({ usual: 0.3 + 0.45 * draw(), effects: [] }),
  /** A quiet day of a pool that long prompts bind. */
  'quiet prefill': draw => ({ usual: 0.3 + 0.35 * draw(), effects: [], tokens: 'mooncake-synthetic', pool: PREFILL_BOUND }),
  /** All load doubles at once, to what the pool can do. */
  doubling: draw => ({
    usual: 0.28 + 0.1 * draw(),
    effects: ['tenant-a', 'tenant-b', CULPRIT].map(tenant_id => ({
      kind: 'tenant-surge',
      tenant_id,
      from_ms: 0,
      to_ms: AFTER * MINUTE,
      factor: 2,
    })),
  }),
}
