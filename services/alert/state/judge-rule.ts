import { MINUTE, SECOND } from '../../platform/clock.ts'
import type { AlertChange } from '../log/alert-record.ts'
import type { Reading, Readings } from '../reading.ts'
import { type CompiledRule, fingerprintOf } from '../rules/compile-rule.ts'
import { type AlertState, isActive } from './alert-state.ts'
import { type Change, type Course, judge, type Step, transition } from './transition.ts'

/** Values of the small picture that a message carries. */
const MOST_TREND = 30
/** Facts of what goes on are kept up to date so often, and less often in a storm: each is a record. */
const REFRESH_MS = 50 * SECOND
const REFRESH_OF_MANY_MS = 5 * MINUTE
const MANY_ALERTS = 500
/** Alerts of one rule at a time; what else it finds is left out, the largest are kept. */
export const MOST_ALERTS_OF_RULE = 20_000

/** A change of an alert that is worth a line in its history. */
export interface Told {
  readonly change: Exclude<Change, 'kept'>
  readonly reason: string
  readonly alert: AlertState
}

/** What a rule's readings change: records of alerts, and what of it belongs into the history. */
export interface RuleOutcome {
  readonly changes: readonly AlertChange<'alert'>[]
  readonly history: readonly Told[]
}

/** Judges all that a rule watches. `alerts`: those that are kept of this rule. */
export function judgeRule(
  { rule, group }: { rule: CompiledRule; group: string },
  readings: Readings,
  alerts: readonly AlertState[],
  nowMs: number,
): RuleOutcome {
  const { settledUntilMs, isComplete } = readings
  if (settledUntilMs === null) return { changes: [], history: [] }
  const kept = new Map(alerts.map(alert => [alert.fingerprint, alert]))
  const read = new Map(readings.readings.slice(0, MOST_ALERTS_OF_RULE).map(reading => [fingerprintOf(rule.name, reading), reading]))
  const outcome = { changes: [] as AlertChange<'alert'>[], history: [] as Told[] }
  for (const fingerprint of new Set([...kept.keys(), ...read.keys()])) {
    const [before, reading] = [kept.get(fingerprint), read.get(fingerprint)]
    const isFiring = before !== undefined && isActive(before)
    const judgement = judge(reading, rule.timing, isFiring, isComplete)
    const step = transition(before, judgement, rule.timing, settledUntilMs)
    const next = nextState({ fingerprint, rule, group, before, reading, isHeld: judgement === 'holds', nowMs }, step)
    if (step.change !== 'kept') {
      const told = next ?? before
      if (told) outcome.history.push({ change: step.change, reason: step.reason, alert: told })
    }
    if (isWorthKeeping(before, next, step.change, kept.size)) outcome.changes.push({ kind: 'alert', id: fingerprint, value: next })
  }
  return outcome
}

function isWorthKeeping(before: AlertState | undefined, next: AlertState | undefined, change: Change, count: number): boolean {
  if (change !== 'kept') return before !== next
  if (before === undefined || next === undefined || !isActive(next)) return false
  const last = before.trend.at(-1)?.at_ms ?? 0
  return next.judged_ms - last >= (count > MANY_ALERTS ? REFRESH_OF_MANY_MS : REFRESH_MS)
}

interface Subject {
  fingerprint: string
  rule: CompiledRule
  group: string
  before: AlertState | undefined
  reading: Reading | undefined
  isHeld: boolean
  nowMs: number
}

function nextState(subject: Subject, { next, change }: Step): AlertState | undefined {
  const { fingerprint, rule, group, before, reading, isHeld, nowMs } = subject
  if (next === undefined) return undefined
  const isNew = change === 'fired' || change === 'began' || before === undefined
  const trend = before?.trend ?? []
  const value = reading?.value ?? null
  return {
    fingerprint,
    group,
    rule: rule.name,
    rank: rule.rank,
    ...next,
    severity: rule.severity,
    labels: { ...rule.labels, ...(reading?.labels ?? before?.labels) },
    changed_at_ms: change === 'kept' ? (before?.changed_at_ms ?? nowMs) : nowMs,
    // The figures are those of when it held last: what it looks like when all is well again says nothing.
    ...(isHeld && reading ? figuresOf(rule, reading, next) : isNew || !before ? NO_FIGURES : figuresBefore(before)),
    runbook: rule.runbook,
    threshold: rule.timing.above ?? rule.timing.below ?? null,
    trend: [...trend, { at_ms: next.judged_ms, value }].slice(-MOST_TREND),
  }
}

const NO_FIGURES = { value: null, sample: 0, facts: {}, summary: '', description: '' }

function figuresBefore({ value, sample, facts, summary, description }: AlertState) {
  return { value, sample, facts, summary, description }
}

function figuresOf(rule: CompiledRule, reading: Reading, next: Course) {
  const { value, sample, facts, sentence, labels } = reading
  const all = { ...facts, value, sample, count: reading.count ?? null, for_ms: next.judged_ms - next.since_ms }
  return { value, sample, facts: all, ...rule.words(labels, all, sentence) }
}
