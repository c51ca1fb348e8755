import { type Alarm, buildAlarm } from '../platform/alarm.ts'
import { delay, SECOND } from '../platform/clock.ts'
import { AppError, messageOf } from '../platform/errors.ts'
import type { Progress } from '../platform/health.ts'
import { buildGroupEvaluation, type EvaluationDeps } from './evaluate-groups.ts'
import type { PartitionLog } from './log/partition-log.ts'
import { buildDeliveries, type DeliveryDeps } from './outbox/deliver-due.ts'
import { buildMessageKeeper, type KeeperDeps } from './outbox/message-keeper.ts'
import { buildTellings, type TellingDeps } from './outbox/tell-again.ts'
import type { CompiledGroup } from './rules/compile-rule.ts'
import { isActive } from './state/alert-state.ts'

/** What deciding about a partition needs. `woken`: rings when windows were settled. */
export interface PartitionDeps extends EvaluationDeps, KeeperDeps, Omit<DeliveryDeps, 'keeper'>, TellingDeps {
  readonly progress: Progress
}

/** A partition that is decided about here. */
export interface Deciding {
  /** Windows were settled. */
  wake(): void
  /** Resolves when it has stopped after `signal`; rejects with what it cannot go on from. */
  readonly stopped: Promise<void>
}

/** How long a process that lost a partition waits for it to be taken away before it claims it anew, ms. */
const CLAIM_AGAIN_MS = 30 * SECOND
/** After a fault of the log. */
const RETRY_MS = 2 * SECOND

/**
 * Decides about the alerts of the rule groups of a partition until `signal` aborts: takes over, evaluates what is due, delivers what is
 * decided. When the log fails or another process takes over, it begins anew with what the log says.
 */
export function startDeciding(
  log: PartitionLog,
  config: { groups: readonly CompiledGroup[]; everyMs: number },
  deps: PartitionDeps,
  signal: AbortSignal,
): Deciding {
  const alarm = buildAlarm()
  const state = { isWoken: true }
  signal.addEventListener('abort', () => alarm.ring(), { once: true })

  async function decide(): Promise<void> {
    while (!signal.aborted) {
      try {
        await log.takeOver(deps.now())
        await log.mend()
        await retell(log, deps)
        await tenure(log, config, deps, { alarm, state }, signal)
      } catch (error) {
        if (!(error instanceof AppError && error.retryable)) throw error
        if (signal.aborted) return
        deps.logger.warn({ partition: log.partition, code: error.code }, `deciding about alerts begins anew: ${messageOf(error)}`)
        await delay(error.code === 'ALERT_NOT_OWNER' ? CLAIM_AGAIN_MS : RETRY_MS, signal)
      }
    }
  }

  return {
    wake() {
      state.isWoken = true
      alarm.ring()
    },
    stopped: decide(),
  }
}

interface Wakening {
  alarm: Alarm
  state: { isWoken: boolean }
}

async function tenure(
  log: PartitionLog,
  { groups, everyMs }: { groups: readonly CompiledGroup[]; everyMs: number },
  deps: PartitionDeps,
  { alarm, state }: Wakening,
  signal: AbortSignal,
): Promise<void> {
  const faults: unknown[] = []
  const keeper = buildMessageKeeper(log, deps)
  const deliveries = buildDeliveries(log, { ...deps, keeper }, { onDone: alarm.ring, onFault: error => faults.push(error) })
  const evaluation = buildGroupEvaluation(log, groups, deps)
  const tellings = buildTellings(log, groups, deps)
  try {
    let lookedMs = Number.NEGATIVE_INFINITY
    while (!signal.aborted) {
      const nowMs = deps.now()
      if (nowMs - lookedMs >= everyMs) {
        lookedMs = nowMs
        const isWoken = state.isWoken
        state.isWoken = false
        await evaluation.evaluateDue(isWoken)
        if (log.state.stale.size > 0) await log.mend()
        countFiring(log, deps)
        deps.progress.report('alert', { pending: false })
      }
      deliveries.start(signal)
      tellings.start(signal)
      if (faults.length > 0) throw faults[0]
      await alarm.wait(Math.max(1, Math.min(everyMs, lookedMs + everyMs - deps.now())))
    }
  } finally {
    await deliveries.settled()
  }
}

function countFiring({ state }: PartitionLog, { metrics }: PartitionDeps): void {
  const active = [...state.alert.values()].filter(isActive)
  for (const severity of ['page', 'ticket', 'info'] as const)
    metrics.alert_firing_count.set({ severity }, active.filter(alert => alert.severity === severity).length)
}

/** A crash may have kept the history from hearing of changes; rows that it has already are the same. */
async function retell({ state }: PartitionLog, { history, logger }: PartitionDeps): Promise<void> {
  try {
    await history.retell(state.alert.values())
  } catch (error) {
    logger.warn(`the history of alerts could not be written, alerting goes on: ${messageOf(error)}`)
  }
}
