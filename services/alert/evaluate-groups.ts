import { createHash } from 'node:crypto'
import { type Now, SECOND } from '../platform/clock.ts'
import { AppError, messageOf } from '../platform/errors.ts'
import type { Logger } from '../platform/log.ts'
import type { Metrics } from '../platform/metrics.ts'
import type { RouteDecision } from './config/routes-of.ts'
import type { History } from './history.ts'
import type { AlertChange } from './log/alert-record.ts'
import type { PartitionLog } from './log/partition-log.ts'
import type { NotificationLink } from './notification.ts'
import { answerTests } from './outbox/answer-tests.ts'
import type { Labels, Readings } from './reading.ts'
import { blindRule } from './rules/blind-rule.ts'
import type { CompiledGroup, CompiledRule } from './rules/compile-rule.ts'
import type { RuleSource } from './rules/rule.ts'
import type { AlertState } from './state/alert-state.ts'
import { decideMessages } from './state/decide-messages.ts'
import { judgeRule, type RuleOutcome } from './state/judge-rule.ts'
import { tidy } from './state/tidy.ts'

/** What rules are read and told with. */
export interface EvaluationDeps {
  readonly now: Now
  readonly logger: Logger
  readonly metrics: Metrics<'alert'>
  readonly history: History
  /** How far settling has come, ms; null: nothing is settled. */
  readSettledUntil(nowMs: number): Promise<number | null>
  readSource(source: RuleSource, at: { nowMs: number; settledUntilMs: number | null }): Promise<Readings>
  routesOf(labels: Labels, atMs: number): readonly RouteDecision[]
  linksOf(alerts: readonly AlertState[]): readonly NotificationLink[]
}

/** Evaluates the groups of a partition that are due. */
export interface GroupEvaluation {
  /** `isWoken`: windows were settled since. Resolves when all changes are in the log; rejects as PartitionLog.commit does. */
  evaluateDue(isWoken: boolean): Promise<void>
}

/** Without news of settled windows a group is looked at so often: clocks go on, silences end. */
const AT_LEAST_EVERY_MS = 30 * SECOND
const NEVER = Number.NEGATIVE_INFINITY

/** When rules are looked at, ms. */
interface Moment {
  readonly nowMs: number
  readonly settledUntilMs: number | null
}

/** The partition (0 to `count` − 1) in which the alerts of a rule group are decided. */
export function partitionOf(group: string, count: number): number {
  return createHash('sha256').update(group).digest().readUInt32LE(0) % count
}

/** Builds it for the groups of one partition. */
export function buildGroupEvaluation(log: PartitionLog, groups: readonly CompiledGroup[], deps: EvaluationDeps): GroupEvaluation {
  const lastMs = new Map<string, number>()
  /** When each rule could be read last, ms. */
  const readMs = new Map<string, number>()
  const startedMs = deps.now()
  let lastSettledMs: number | null = null

  async function evaluateDue(isWoken: boolean): Promise<void> {
    const nowMs = deps.now()
    const due = groups.filter(({ name, everyMs }) => {
      const sinceMs = nowMs - (lastMs.get(name) ?? NEVER)
      return sinceMs >= (isWoken ? everyMs : Math.max(everyMs, AT_LEAST_EVERY_MS))
    })
    await log.commit(inOrder([...answerTests(log.partition, log.state, nowMs), ...tidy(log.state, nowMs)]))
    const settledUntilMs = due.length === 0 ? null : await settledUntil(nowMs)
    lastSettledMs = settledUntilMs ?? lastSettledMs
    for (const group of groups) {
      if (due.includes(group)) await evaluate(group, { nowMs, settledUntilMs })
      else await tell(group, [], { nowMs, settledUntilMs: lastSettledMs }, log, deps)
    }
  }

  async function settledUntil(nowMs: number): Promise<number | null> {
    try {
      return await deps.readSettledUntil(nowMs)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      deps.logger.warn({ code: error.code }, `how far settling has come cannot be read now: ${messageOf(error)}`)
      return null
    }
  }

  async function evaluate(group: CompiledGroup, at: Moment): Promise<void> {
    const { nowMs } = at
    lastMs.set(group.name, nowMs)
    const own = alertsOf(group, log)
    const outcomes: RuleOutcome[] = []
    for (const rule of group.rules) {
      if (nowMs - (readMs.get(rule.name) ?? NEVER) < rule.everyMs) continue
      const readings = await read(rule, at)
      if (readings) outcomes.push(judgeRule({ rule, group: group.name }, readings, own.get(rule.name) ?? [], nowMs))
    }
    const blind = blindRule(group, { readMs, startedMs, nowMs })
    outcomes.push(judgeRule({ rule: blind.rule, group: group.name }, blind.readings, own.get(blind.rule.name) ?? [], nowMs))
    await tell(group, [...outcomes, leftOver(group, own)], at, log, deps)
    deps.metrics.alert_evaluation_duration_seconds.observe({}, (deps.now() - nowMs) / SECOND)
  }

  async function read(rule: CompiledRule, at: Moment): Promise<Readings | undefined> {
    try {
      const readings = await deps.readSource(rule.reads, at)
      readMs.set(rule.name, at.nowMs)
      deps.metrics.alert_evaluations_total.inc({ outcome: 'done' })
      return readings
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      deps.metrics.alert_evaluations_total.inc({ outcome: 'failed' })
      deps.logger.warn({ rule: rule.name, code: error.code }, `what a rule reads cannot be read now: ${messageOf(error)}`)
      return undefined
    }
  }

  return { evaluateDue }
}

/**
 * Writes what changed and the messages that it asks for: the messages first, so that a crash in between loses none. Rejects as
 * PartitionLog.commit does.
 */
async function tell(
  group: CompiledGroup,
  outcomes: readonly RuleOutcome[],
  at: Moment,
  log: PartitionLog,
  deps: EvaluationDeps,
): Promise<void> {
  const changes = outcomes.flatMap(outcome => outcome.changes)
  const alerts = new Map([...log.state.alert].filter(([, alert]) => alert.group === group.name))
  for (const { id, value } of changes) {
    if (value === undefined) alerts.delete(id)
    else alerts.set(id, value)
  }
  const decided = decideMessages(group, [...alerts.values()], log.state, {
    ...at,
    routesOf: labels => deps.routesOf(labels, at.nowMs),
    linksOf: deps.linksOf,
  })
  await log.commit(inOrder([...changes, ...decided]))
  const told = outcomes.flatMap(outcome => outcome.history)
  try {
    await deps.history.tell(told)
  } catch (error) {
    deps.logger.warn({ changes: told.length }, `the history of alerts could not be written, alerting goes on: ${messageOf(error)}`)
  }
}

const ORDER = ['message', 'alert', 'ack', 'group', 'test', 'receiver', 'silence', 'tenure'] as const

function inOrder(changes: readonly AlertChange[]): AlertChange[] {
  return changes.toSorted((one, other) => ORDER.indexOf(one.kind) - ORDER.indexOf(other.kind))
}

function alertsOf(group: CompiledGroup, { state }: PartitionLog): Map<string, AlertState[]> {
  const own = [...state.alert.values()].filter(alert => alert.group === group.name)
  return Map.groupBy(own, alert => alert.rule)
}

/** Alerts of rules that are no longer: they end without a word, as nobody can judge them. */
function leftOver(group: CompiledGroup, own: ReadonlyMap<string, readonly AlertState[]>): RuleOutcome {
  const names = new Set(group.rules.map(({ name }) => name))
  const gone = [...own].filter(([name]) => !names.has(name) && !name.startsWith('weir-')).flatMap(([, alerts]) => alerts)
  return {
    changes: gone.map(({ fingerprint }) => ({ kind: 'alert', id: fingerprint, value: undefined })),
    history: gone.map(alert => ({ change: 'forgotten', reason: 'its rule is no longer', alert })),
  }
}
