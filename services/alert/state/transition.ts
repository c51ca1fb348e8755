/** The state machine of an alert, as a pure function: what it was, what is read now → what it is, and why. */
import { HOUR, MINUTE } from '../../platform/clock.ts'
import type { Reading } from '../reading.ts'
import type { RuleTiming } from '../rules/compile-rule.ts'
import type { AlertState } from './alert-state.ts'

/** What a reading says of the condition. few: it is taken over less than the rule asks for; unknown: it cannot be told. */
export type Judgement = 'holds' | 'not' | 'few' | 'unknown'

/** What is remembered between two judgements, and no more. */
export type Course = Pick<AlertState, 'state' | 'since_ms' | 'fired_ms' | 'last_true_ms' | 'judged_ms' | 'until_ms' | 'firings_ms'>

/** What became of it; `kept`: nothing that anybody has to hear of. */
export type Change =
  | 'kept'
  | 'began'
  | 'fired'
  | 'dropped'
  | 'recovering'
  | 'held_again'
  | 'no_data'
  | 'data_again'
  | 'resolved'
  | 'forgotten'

/** The next course (undefined: inactive), what changed, and why in a few words. */
export interface Step {
  readonly next: Course | undefined
  readonly change: Change
  readonly reason: string
}

/** Alerts that began to fire so often within an hour flap: they end only after a longer calm. These numbers are ours. */
const FLAPPING_FIRINGS = 3
const FLAPPING_CALM_MS = 30 * MINUTE
/** How long an ended alert is remembered: an hour, in which flapping is counted. */
const REMEMBERED_MS = HOUR
/** An alert whose traffic has gone ends after so long: nobody is hurt any more. */
const FEW_CALM_MS = 30 * MINUTE

/** What the reading says; `isFiring`: it already fires, so that it ends only at `recoversAt`. No reading: it is not there any more. */
export function judge(reading: Reading | undefined, timing: RuleTiming, isFiring: boolean, isComplete: boolean): Judgement {
  if (reading === undefined) return isComplete ? 'not' : 'unknown'
  if (reading.value === null) return 'unknown'
  if (reading.sample < timing.leastSample) return 'few'
  const { value, count = value } = reading
  if (count < timing.leastValue && !isFiring) return 'not'
  const { above, below, recoversAt } = timing
  const isBeyond = (above !== undefined && value > above) || (below !== undefined && value < below)
  if (isBeyond) return 'holds'
  if (!isFiring || recoversAt === undefined) return 'not'
  const stays = (above !== undefined && value > recoversAt) || (below !== undefined && value < recoversAt)
  return stays ? 'holds' : 'not'
}

/** One step at `atMs` of settled time. A time that was judged already changes nothing. */
export function transition(before: Course | undefined, judgement: Judgement, timing: RuleTiming, atMs: number): Step {
  if (before && atMs <= before.judged_ms && judgement !== 'holds') return { next: before, change: 'kept', reason: 'judged already' }
  const step = before === undefined || before.state === 'resolved' ? whenQuiet : steps[before.state]
  return step({ before, judgement, timing, atMs })
}

interface Situation {
  before: Course | undefined
  judgement: Judgement
  timing: RuleTiming
  atMs: number
}

type Known = Situation & { before: Course }

const steps: Record<Exclude<Course['state'], 'resolved'>, (situation: Situation) => Step> = {
  pending: situation => whenPending(situation as Known),
  firing: situation => whenFiring(situation as Known),
  recovering: situation => whenRecovering(situation as Known),
  no_data: situation => whenNoData(situation as Known),
}

function whenQuiet({ before, judgement, timing, atMs }: Situation): Step {
  const firings_ms = (before?.firings_ms ?? []).filter(at => at > atMs - REMEMBERED_MS)
  if (judgement !== 'holds') {
    if (before === undefined) return { next: undefined, change: 'kept', reason: 'inactive' }
    if (atMs - (before.until_ms ?? 0) <= REMEMBERED_MS) return { next: { ...before, judged_ms: atMs }, change: 'kept', reason: 'ended' }
    return { next: undefined, change: 'forgotten', reason: 'it ended an hour ago' }
  }
  const began: Course = {
    state: 'pending',
    since_ms: atMs,
    fired_ms: null,
    last_true_ms: atMs,
    judged_ms: atMs,
    until_ms: null,
    firings_ms,
  }
  if (timing.forMs > 0) return { next: began, change: 'began', reason: 'the condition holds' }
  return fired(began, atMs, 'the condition holds')
}

function whenPending({ before, judgement, timing, atMs }: Known): Step {
  if (judgement === 'unknown') return { next: { ...before, judged_ms: atMs }, change: 'kept', reason: 'cannot be told now' }
  if (judgement !== 'holds') return { next: undefined, change: 'dropped', reason: 'the condition held for too short a time' }
  const held = { ...before, last_true_ms: atMs, judged_ms: Math.max(before.judged_ms, atMs) }
  if (atMs - before.since_ms >= timing.forMs) return fired(held, atMs, 'the condition held for as long as the rule asks')
  return { next: held, change: 'kept', reason: 'not yet for long enough' }
}

function fired(course: Course, atMs: number, reason: string): Step {
  return {
    next: { ...course, state: 'firing', fired_ms: atMs, firings_ms: [...course.firings_ms, atMs].slice(-5) },
    change: 'fired',
    reason,
  }
}

function whenFiring({ before, judgement, timing, atMs }: Known): Step {
  if (judgement === 'holds') return { next: held(before, atMs), change: 'kept', reason: 'the condition holds' }
  if (judgement === 'unknown') return whenLost({ before, judgement, timing, atMs })
  return whenRecovering({ before: { ...before, state: 'recovering' }, judgement, timing, atMs }, 'recovering')
}

function whenLost({ before, timing, atMs }: Known): Step {
  const next = { ...before, judged_ms: atMs }
  if (timing.whenUnknown === 'resolve') return resolved(before, atMs, 'it cannot be told any more')
  if (timing.whenUnknown === 'keep') return { next, change: 'kept', reason: 'cannot be told now: it stays as it was' }
  return { next: { ...next, state: 'no_data' }, change: 'no_data', reason: 'it cannot be told any more' }
}

function whenRecovering({ before, judgement, timing, atMs }: Known, change: Change = 'kept'): Step {
  if (judgement === 'holds') return { next: held({ ...before, state: 'firing' }, atMs), change: 'held_again', reason: 'it holds again' }
  if (judgement === 'unknown') return { next: { ...before, judged_ms: atMs }, change: 'kept', reason: 'cannot be told now' }
  if (atMs - before.last_true_ms >= calmMs(before, judgement, timing)) return resolved(before, atMs, 'the condition has not held since')
  return { next: { ...before, judged_ms: atMs }, change, reason: 'it has to stay calm for a while' }
}

function whenNoData({ before, judgement, timing, atMs }: Known): Step {
  if (judgement === 'unknown') return { next: { ...before, judged_ms: atMs }, change: 'kept', reason: 'cannot be told yet' }
  if (judgement === 'holds') return { next: held({ ...before, state: 'firing' }, atMs), change: 'data_again', reason: 'it holds still' }
  return whenRecovering({ before: { ...before, state: 'recovering' }, judgement, timing, atMs }, 'recovering')
}

function held(before: Course, atMs: number): Course {
  return { ...before, last_true_ms: Math.max(before.last_true_ms, atMs), judged_ms: Math.max(before.judged_ms, atMs) }
}

function resolved(before: Course, atMs: number, reason: string): Step {
  return { next: { ...before, state: 'resolved', judged_ms: atMs, until_ms: atMs }, change: 'resolved', reason }
}

function calmMs({ firings_ms }: Course, judgement: Judgement, { keepFiringForMs }: RuleTiming): number {
  const last = firings_ms.at(-1) ?? 0
  const isFlapping = firings_ms.filter(at => at > last - REMEMBERED_MS).length >= FLAPPING_FIRINGS
  return Math.max(keepFiringForMs, isFlapping ? FLAPPING_CALM_MS : 0, judgement === 'few' ? FEW_CALM_MS : 0)
}
