/** Pieces of two weeks of a small platform: a quiet one with what is usual, and a bad one with six incidents. */
import type { IncidentEffect } from '../../../services/demo/simulation/incident.ts'
import type { TenantConfig } from '../../../services/demo/simulation/platform-model.ts'
import { MINUTE } from '../../../services/platform/clock.ts'
import { policyOf, poolOf, smallPlatform, tenantOf } from '../../bench/answers/families/small-platform.ts'
import type { Play } from '../../bench/answers/family.ts'

/** A piece: when it begins, what is different from a plain hour. */
interface Piece {
  readonly seed: number
  readonly startMs: number
  readonly minutes?: number
  readonly load?: number
  readonly tenants?: readonly TenantConfig[]
  readonly effects?: readonly IncidentEffect[]
  /** Tries at the first upstream, and whether there is a second one. */
  readonly tries?: number
  readonly hasFallback?: boolean
  readonly engines?: number
}

/** Tuesday. */
const at = (day: number, hour: number) => Date.UTC(2026, 8, 1 + day, hour)
/** Before it an incident has a while of calm. */
const CALM = 4

function playOf({ seed, startMs, minutes = 14, load = 1, tenants, effects = [], tries = 2, hasFallback = true, engines = 2 }: Piece): Play {
  const platform = smallPlatform({
    pool: poolOf('llama', engines),
    assistant: policyOf('interactive', { max_attempts_per_priority: tries, is_fallback_on: hasFallback }),
    chat: policyOf('once', { max_attempts_per_priority: 2 }),
    tenants: tenants ?? [
      tenantOf('acme', 'assistant', 1.5 * load),
      tenantOf('globex', 'assistant', load, { cancel_share: 0.02, auth_failure_share: 0.002 }),
      tenantOf('initech', 'chat', 0.4 * load),
    ],
  })
  const incidents = effects.length === 0 ? [] : [{ start_ms: startMs + CALM * MINUTE, script: { name: 'incident', phases: [], effects } }]
  return { simulation: { seed, startMs, platform, incidents }, minutes }
}

/** What a week without an incident has. */
export const quietPieces = (seed: number): Readonly<Record<string, Play>> => ({
  'a weekday at noon': playOf({ seed, startMs: at(0, 12), load: 1.5 }),
  'a night with next to no traffic': playOf({ seed: seed + 1, startMs: at(1, 3), load: 0.05 }),
  'a weekend': playOf({ seed: seed + 2, startMs: at(4, 15), load: 0.3 }),
  'a nightly batch': playOf({
    seed: seed + 3,
    startMs: at(2, 2),
    tenants: [
      tenantOf('acme', 'assistant', 0.5),
      tenantOf('stark', 'chat', 0.7, { priority: 'batch', arrivals: 'bursty', stream_share: 0.1 }),
    ],
  }),
  'a deploy: engines restart one by one': playOf({
    seed: seed + 4,
    startMs: at(3, 10),
    engines: 3,
    effects: [0, 1, 2].map(engine => ({
      ...({ kind: 'engine-restart', pool: 'llama', engine } as const),
      ...{ from_ms: engine * 2 * MINUTE, to_ms: engine * 2 * MINUTE + 20_000 },
    })),
  }),
  'agents with large caches': playOf({
    seed: seed + 5,
    startMs: at(2, 16),
    tenants: [
      tenantOf('acme', 'assistant', 1),
      tenantOf('wayne', 'assistant', 1, { tokens: 'mooncake-synthetic', cached_prompt_share: 0.9, users: 4 }),
    ],
  }),
})

/** Six incidents, each with the rules of which one at least has to page for it. */
export const badPieces = (seed: number): Readonly<Record<string, { readonly play: Play; readonly pages: readonly string[] }>> => ({
  'a provider fails and its traffic is rescued': {
    play: playOf({
      seed,
      startMs: at(0, 9),
      engines: 4,
      effects: [
        { kind: 'provider-fails', from_ms: 0, to_ms: 10 * MINUTE, provider: 'openai', share: 0.9, timeout_share: 0.1, statuses: [503] },
      ],
    }),
    pages: ['provider-failing'],
  },
  'a provider browns out': {
    play: playOf({
      seed: seed + 1,
      startMs: at(1, 9),
      effects: [
        { kind: 'provider-fails', from_ms: 0, to_ms: 10 * MINUTE, provider: 'openai', share: 0.35, timeout_share: 0, statuses: [500, 503] },
      ],
    }),
    pages: ['provider-failing'],
  },
  'every attempt fails and nothing is left': {
    play: playOf({
      seed: seed + 2,
      startMs: at(2, 9),
      hasFallback: false,
      effects: [
        { kind: 'provider-fails', from_ms: 0, to_ms: 10 * MINUTE, provider: 'openai', share: 1, timeout_share: 0, statuses: [503] },
      ],
    }),
    pages: ['nothing-left'],
  },
  'retries multiply the load': {
    play: playOf({
      seed: seed + 3,
      startMs: at(3, 9),
      tries: 5,
      hasFallback: false,
      effects: [
        { kind: 'provider-fails', from_ms: 0, to_ms: 10 * MINUTE, provider: 'openai', share: 0.85, timeout_share: 0, statuses: [503] },
      ],
    }),
    pages: ['retry-storm'],
  },
  'a tenant floods a pool': {
    play: playOf({
      seed: seed + 4,
      startMs: at(4, 9),
      engines: 1,
      effects: [{ kind: 'tenant-surge', from_ms: 0, to_ms: 10 * MINUTE, tenant_id: 'initech', factor: 25 }],
    }),
    pages: ['pool-saturated'],
  },
  'an error budget burns without a provider that is down': {
    play: playOf({
      seed: seed + 5,
      startMs: at(5, 9),
      tries: 1,
      hasFallback: false,
      load: 2,
      effects: [
        { kind: 'provider-fails', from_ms: 0, to_ms: 10 * MINUTE, provider: 'openai', share: 0.17, timeout_share: 0, statuses: [500] },
      ],
    }),
    pages: ['availability-burns-fast'],
  },
})
