import { HOUR, MINUTE } from '../../platform/clock.ts'
import { durationMs } from '../config/durations.ts'
import type { Readings } from '../reading.ts'
import type { RuleSource, ViewSource } from '../rules/rule.ts'
import { readAgainstUsualAt } from '../signals/against-usual.ts'
import { readSource } from '../signals/read-source.ts'
import { readViewAt } from '../signals/read-view.ts'
import type { SignalDeps } from '../signals/signal-deps.ts'
import { signals, sloQuestion, usualSource } from '../signals/signals.ts'
import { readSloMoments } from '../signals/slo/read-slo-burn.ts'

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

/** Moments that are asked about at the same time. */
const ASKED_AT_ONCE = 4

/**
 * What a source said at each moment of the period, as far as settling would have come: views, error budgets and what is held against the
 * usual by one query for a day, others one by one and less often, `everyMs` at the least. Rejects with the codes of the client.
 */
export async function readMoments(
  source: RuleSource,
  period: ReplayPeriod,
  deps: SignalDeps,
  everyMs: number = LEAST_STEP_MS,
): Promise<Readings[]> {
  if ('view' in source) return readViewMoments(source, period, deps)
  const { fromMs, toMs } = period
  if ('signal' in source && source.signal === 'slo-burn') {
    // Events are counted by five minutes, so moments stand at their ends.
    const firstMs = Math.ceil((fromMs + MINUTE) / LEAST_STEP_MS) * LEAST_STEP_MS
    const count = Math.max(0, Math.floor((toMs - firstMs) / LEAST_STEP_MS) + 1)
    const moments = Array.from({ length: count }, (_, index) => firstMs + index * LEAST_STEP_MS)
    return readSloMoments(sloQuestion(source.parameters ?? {}), moments, deps)
  }
  const leastMs = Math.max(LEAST_STEP_MS, Math.ceil(everyMs / MINUTE) * MINUTE)
  const stepMs = Math.max(leastMs, Math.ceil((toMs - fromMs) / MOST_ASKED / MINUTE) * MINUTE)
  const count = Math.max(0, Math.floor((toMs - fromMs - MINUTE) / stepMs) + 1)
  if ('signal' in source && source.signal === 'against-usual') {
    const overMs = source.over === undefined ? HOUR : durationMs(source.over)
    const asked = usualSource({ overMs, parameters: source.parameters ?? {} })
    return readAgainstUsualAt(asked, { firstMs: fromMs + MINUTE, stepMs, count }, deps)
  }
  const all: Readings[] = []
  for (let first = 0; first < count; first += ASKED_AT_ONCE) {
    const some = Array.from({ length: Math.min(ASKED_AT_ONCE, count - first) }, (_, index) => fromMs + MINUTE + (first + index) * stepMs)
    all.push(...(await Promise.all(some.map(atMs => readSource(source, { nowMs: atMs, settledUntilMs: atMs }, deps)))))
  }
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
