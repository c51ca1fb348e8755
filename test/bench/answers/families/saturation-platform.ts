/**
 * Pools under load that grows, jumps, stays or shifts, and what their own queues say of it: the scenarios that the forecast is scored on.
 */
import type { IncidentEffect } from '../../../../services/demo/simulation/incident.ts'
import type { PlatformConfig, PoolConfig, TenantConfig } from '../../../../services/demo/simulation/platform-model.ts'
import type { RequestTruth } from '../../../../services/demo/simulation/truth.ts'
import { MINUTE, SECOND } from '../../../../services/platform/clock.ts'
import type { Play } from '../family.ts'
import { drawsOf, policyOf, poolOf, tenantOf } from './small-platform.ts'

export const START_MS = Date.UTC(2026, 8, 1, 8)
/** Quiet minutes before anything happens, and all minutes of a scenario. */
export const QUIET_MINUTES = 18
const MINUTES = 45
/** The truth is looked at for so long: what explodes half an hour after the last question was foretold rightly. */
export const TRUTH_MINUTES = MINUTES + 30
/** The pool that things happen to, and the other one. */
export const POOL = 'llama'
const OTHER = 'spare'
export const CULPRIT = 'tenant-c'

/** What a kind of scenario makes of a seed's draws. */
export interface Shape {
  /** Share of what the pool can do that is asked of it while it is quiet. */
  readonly usual: number
  readonly effects: readonly IncidentEffect[]
  readonly pool?: Partial<PoolConfig>
  readonly tokens?: TenantConfig['tokens']
  readonly arrivals?: TenantConfig['arrivals']
}

/** Requests a second that one engine of these pools serves at most, by the make of its requests; measured by playing constant loads. */
const CAPACITY = { 'azure-conversation': 2.8, 'mooncake-synthetic': 2.3, 'servegen-reasoning': 0.47 } as const

/** The scenario of a shape. */
export function saturationPlay(seed: number, shapeOf: (draw: () => number) => Shape): Play {
  const draw = drawsOf(seed)
  const { usual, effects, pool, tokens = 'azure-conversation', arrivals = 'steady' } = shapeOf(draw)
  const rate = usual * 2 * CAPACITY[tokens as keyof typeof CAPACITY]
  const tenant = (name: string, route: string, perS: number) =>
    tenantOf(name, route, perS, { tokens, arrivals, stream_share: 1, arrival_window_ms: 10 * MINUTE })
  const platform: PlatformConfig = {
    gateways: [{ name: 'weir', dialect: 'canonical' }],
    routes: [POOL, OTHER].map(name => ({
      name,
      gateway: 'weir',
      request_model: poolOf(name, 1).model,
      policy: policyOf('once', { per_try_timeout_ms: 2 * MINUTE }),
      backends: [{ priority: 0, upstream_kind: 'pool', upstream: name, model: poolOf(name, 1).model }],
    })),
    pools: [
      poolOf(POOL, 2, { running_limit: 256, kv_capacity_tokens: 56_000, ...pool }),
      poolOf(OTHER, 1, { running_limit: 256, endpoints: ['10.30.2.1:8000'] }),
    ],
    providers: [],
    tenants: [
      tenant('tenant-a', POOL, 0.35 * rate),
      tenant('tenant-b', POOL, 0.25 * rate),
      tenant(CULPRIT, POOL, 0.4 * rate),
      tenant('tenant-d', OTHER, 0.8),
    ],
  }
  const script = { name: 'scenario', phases: [], effects }
  return {
    simulation: { seed, startMs: START_MS, platform, incidents: [{ start_ms: START_MS + QUIET_MINUTES * MINUTE, script }] },
    minutes: MINUTES,
  }
}

/** Load of the culprit that grows by a part every minute from 1 to `factor`, and stays there. */
export function ramp(minutes: number, factor: number): IncidentEffect[] {
  const step = (minute: number) => 1 + ((factor - 1) * Math.min(minute + 1, minutes)) / minutes
  return Array.from({ length: TRUTH_MINUTES - QUIET_MINUTES }, (_, minute) => ({
    kind: 'tenant-surge',
    tenant_id: CULPRIT,
    from_ms: minute * MINUTE,
    to_ms: (minute + 1) * MINUTE,
    factor: step(minute),
  }))
}

/** Requests that wait in the pool and that run there at a time; and the first moment at which one was given up there. */
export function queueOf(requests: readonly RequestTruth[]) {
  const waits: [number, number][] = []
  const runs: [number, number][] = []
  let lostMs = Number.POSITIVE_INFINITY
  for (const { attempts } of requests) {
    for (const { upstream, started_at, ended_at, queue_ms, status_code } of attempts) {
      if (upstream !== POOL) continue
      const admitted = queue_ms === null ? ended_at : started_at + queue_ms
      waits.push([started_at, admitted])
      if (queue_ms !== null) runs.push([admitted, ended_at])
      if (status_code === 504) lostMs = Math.min(lostMs, ended_at)
    }
  }
  return { waitingAt: countOf(waits), runningAt: countOf(runs), lostMs }
}

/** How many spans hold a moment; found by bisection, for it is asked for thousands of moments. */
function countOf(spans: readonly [number, number][]): (atMs: number) => number {
  const [starts, ends] = [0, 1].map(side => Float64Array.from(spans, span => span[side] as number).sort()) as [Float64Array, Float64Array]
  const until = (sorted: Float64Array, atMs: number) => {
    let [low, high] = [0, sorted.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((sorted[middle] as number) <= atMs) low = middle + 1
      else high = middle
    }
    return low
  }
  return atMs => until(starts, atMs) - until(ends, atMs)
}

/**
 * When the pool's queue explodes: a request is lost to waiting, or more wait than run and the queue has grown for three minutes. Infinity:
 * never.
 */
export function explodesAt(requests: readonly RequestTruth[]): number {
  const { waitingAt, runningAt, lostMs } = queueOf(requests)
  const end = START_MS + TRUTH_MINUTES * MINUTE
  for (let atMs = START_MS + 3 * MINUTE; atMs < Math.min(end, lostMs); atMs += 10 * SECOND) {
    const queue = [3, 2, 1, 0].map(before => waitingAt(atMs - before * MINUTE)) as [number, number, number, number]
    if (queue[0] < queue[1] && queue[1] < queue[2] && queue[2] < queue[3] && queue[3] > runningAt(atMs)) return atMs
  }
  return lostMs < end ? lostMs : Number.POSITIVE_INFINITY
}
