import { MINUTE } from '../../../../services/platform/clock.ts'
import { CULPRIT, POOL, ramp, type Shape } from './saturation-platform.ts'

/** A pool whose prompts are the bound: long ones, prefilled two at a time, with room in the cache for many. */
const PREFILL_BOUND = { kv_capacity_tokens: 400_000, prefill_tokens_per_s: 6_000, prompts_at_once: 2 } as const

const surge = (factor: number, minutes: number) =>
  [{ kind: 'tenant-surge', tenant_id: CULPRIT, from_ms: 0, to_ms: minutes * MINUTE, factor }] as const

/** Kinds of scenarios: what makes a pool saturate, and what looks like it and does not. */
export const saturationShapes: Readonly<Record<string, (draw: () => number) => Shape>> = {
  /** One tenant's load grows for 8 to 20 minutes. */
  ramp: draw => ({ usual: 0.4 + 0.2 * draw(), effects: ramp(8 + 12 * draw(), 4.5 + 2 * draw()) }),
  /** It jumps to beyond what the pool can do. */
  burst: draw => ({ usual: 0.4 + 0.2 * draw(), effects: surge(4 + 2 * draw(), 27) }),
  /** The engines become slower, minute by minute, at the same load. */
  leak: draw => {
    const [minutes, least] = [10 + 8 * Math.floor(2 * draw()), 0.4 + 0.15 * draw()]
    const effects = [0, 1].flatMap(engine =>
      Array.from({ length: 27 }, (_, minute) => ({
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
    usual: 0.4 + 0.2 * draw(),
    effects: ramp(8 + 12 * draw(), 4.5 + 2 * draw()),
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
      to_ms: 27 * MINUTE,
      factor: 2,
    })),
  }),
}
