import { MINUTE } from '../../platform/clock.ts'
import { durationMs } from '../config/durations.ts'
import type { Readings } from '../reading.ts'
import type { RuleSource, ViewSource } from '../rules/rule.ts'
import { readSource } from '../signals/read-source.ts'
import { readViewAt } from '../signals/read-view.ts'
import type { SignalDeps } from '../signals/signal-deps.ts'
import { signals } from '../signals/signals.ts'

/** Time to be replayed, ms; whole minutes. */
export interface ReplayPeriod {
  readonly fromMs: number
  readonly toMs: number
}

/** A view is read at so many moments of its own period at least: more of them say no more. */
const MOMENTS_OF_PERIOD = 30
/** Answers and signals are asked one moment after the other: not more often than this, and not more times. */
const LEAST_STEP_MS = 5 * MINUTE
const MOST_ASKED = 100
/** Moments of one query: what it gives is held in memory. */
const MOMENTS_AT_ONCE = 1_440

/** Whether what a source reads can be told from history: some signals go by the clock and by when lines came. */
export function canReplay(source: RuleSource): boolean {
  return !('signal' in source) || signals[source.signal]?.isByClock !== true
}

/**
 * What a source said at each moment of the period, as far as settling would have come: views by one query for a day, others one by one and
 * less often. Rejects with the codes of the client.
 */
export async function readMoments(source: RuleSource, period: ReplayPeriod, deps: SignalDeps): Promise<Readings[]> {
  if ('view' in source) return readViewMoments(source, period, deps)
  const stepMs = Math.max(LEAST_STEP_MS, Math.ceil((period.toMs - period.fromMs) / MOST_ASKED / MINUTE) * MINUTE)
  const all: Readings[] = []
  for (let atMs = period.fromMs + MINUTE; atMs <= period.toMs; atMs += stepMs)
    all.push(await readSource(source, { nowMs: atMs, settledUntilMs: atMs }, deps))
  return all
}

async function readViewMoments(source: ViewSource, { fromMs, toMs }: ReplayPeriod, deps: SignalDeps): Promise<Readings[]> {
  const stepMs = Math.max(MINUTE, Math.floor(durationMs(source.over) / MOMENTS_OF_PERIOD / MINUTE) * MINUTE)
  const count = Math.max(0, Math.floor((toMs - fromMs - MINUTE) / stepMs) + 1)
  const all: Readings[] = []
  for (let first = 0; first < count; first += MOMENTS_AT_ONCE) {
    const moments = { firstMs: fromMs + MINUTE + first * stepMs, stepMs, count: Math.min(MOMENTS_AT_ONCE, count - first) }
    all.push(...(await readViewAt(source, moments, deps)))
  }
  return all
}
