import { DAY, HOUR, MINUTE } from '../../platform/clock.ts'
import type { Readings } from '../reading.ts'
import type { CompiledGroup } from '../rules/compile-rule.ts'
import type { SignalDeps } from '../signals/signal-deps.ts'
import { canReplay, type ReplayPeriod, readMoments } from './read-moments.ts'
import { type Firing, type Moment, replayGroup } from './replay-group.ts'

/** What rules would have done in a period. */
export interface Replay {
  readonly period: ReplayPeriod
  readonly firings: readonly Firing[]
  /** Names of rules that were played, and of those that go by the clock and cannot be. */
  readonly played: readonly string[]
  readonly left_out: readonly string[]
}

/** A longer time without settled minutes is not replayed: nothing can be told of it. */
const LONGEST_GAP_MS = HOUR
/** How long rules look on after the last minute before a gap, so that what fires can end. */
const LOOK_ON_MS = 10 * MINUTE
/** At most so much is replayed, the latest. */
const MOST_REPLAYED_MS = 8 * DAY

/** The spans of time that hold these minutes (starts, ms, ascending), without the long gaps between them. */
export function spansOf(windows: readonly number[]): ReplayPeriod[] {
  const spans: { fromMs: number; toMs: number }[] = []
  for (const startMs of windows) {
    const last = spans.at(-1)
    if (last && startMs - last.toMs <= LONGEST_GAP_MS) last.toMs = startMs + MINUTE
    else spans.push({ fromMs: startMs, toMs: startMs + MINUTE })
  }
  const kept: ReplayPeriod[] = []
  let lengthMs = 0
  for (const { fromMs, toMs } of spans.reverse()) {
    lengthMs += toMs - fromMs
    if (lengthMs > MOST_REPLAYED_MS && kept.length > 0) break
    kept.unshift({ fromMs: Math.max(fromMs, toMs - MOST_REPLAYED_MS), toMs: toMs + LOOK_ON_MS })
  }
  return kept
}

/**
 * Plays settled history through the rules, each group by itself; between spans all that fires has ended. Rejects with the codes of the
 * client.
 */
export async function replay(groups: readonly CompiledGroup[], spans: readonly ReplayPeriod[], deps: SignalDeps): Promise<Replay> {
  const firings: Firing[] = []
  for (const span of spans) firings.push(...(await firingsIn(groups, span, deps)))
  const rules = groups.flatMap(group => group.rules)
  const played = rules.filter(({ reads }) => canReplay(reads)).map(({ name }) => name)
  return {
    period: { fromMs: spans[0]?.fromMs ?? 0, toMs: spans.at(-1)?.toMs ?? 0 },
    firings,
    played,
    left_out: rules.map(({ name }) => name).filter(name => !played.includes(name)),
  }
}

async function firingsIn(groups: readonly CompiledGroup[], period: ReplayPeriod, given: SignalDeps): Promise<Firing[]> {
  // Rules ask the same questions about the same moments.
  const deps = { ...given, answers: new Map() }
  const asked = new Map<string, Promise<Readings[]>>()
  const firings: Firing[] = []
  for (const group of groups) {
    const byMoment = new Map<number, Map<string, Readings>>()
    for (const { name, reads, everyMs } of group.rules) {
      if (!canReplay(reads)) continue
      const key = JSON.stringify(reads)
      const reading = asked.get(key) ?? readMoments(reads, period, deps, Math.max(everyMs, group.everyMs))
      asked.set(key, reading)
      for (const readings of await reading) {
        const atMs = readings.settledUntilMs ?? period.fromMs
        const own = byMoment.get(atMs) ?? new Map()
        byMoment.set(atMs, own.set(name, readings))
      }
    }
    firings.push(...replayGroup(group, momentsOf(byMoment)))
  }
  return firings.sort((one, other) => one.fired_ms - other.fired_ms)
}

function momentsOf(byMoment: ReadonlyMap<number, ReadonlyMap<string, Readings>>): Moment[] {
  return [...byMoment].sort(([one], [other]) => one - other).map(([atMs, readings]) => ({ atMs, readings }))
}
