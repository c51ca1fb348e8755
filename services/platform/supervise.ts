import { MINUTE, type Now, SECOND, delay as systemDelay } from './clock.ts'
import { AppError, messageOf } from './errors.ts'
import type { Logger } from './log.ts'

/**
 * How a supervised part stands. `code`: of the fault that it ended with last; null: it never did. Its message is in the log alone, as it
 * may name data.
 */
export interface PartState {
  part: string
  state: 'starting' | 'running' | 'restarting' | 'stopped'
  restarts: number
  code: string | null
}

/**
 * The pause before a restart grows as base · 2ⁿ up to the maximum (a random half to whole of it), and begins anew after `stableMs` of
 * work.
 */
export interface SupervisionPolicy {
  baseDelayMs: number
  maxDelayMs: number
  stableMs: number
}

/** What supervising needs. `onState` is told of every change. */
export interface SuperviseDeps {
  logger: Pick<Logger, 'error' | 'info'>
  now: Now
  delay?: (ms: number, signal?: AbortSignal) => Promise<void>
  random?: () => number
  onState?: (state: PartState) => void
}

/** A part: works until `signal` aborts; calls `onReady` once it does its work. */
export type SupervisedPart = (signal: AbortSignal, onReady: () => void) => Promise<void>

const defaultPolicy: SupervisionPolicy = { baseDelayMs: SECOND, maxDelayMs: MINUTE, stableMs: 5 * MINUTE }

/**
 * Runs a part until `signal` aborts. When it ends by itself it is logged as an error and started again after a pause, for ever: what
 * failed may mend, and the parts beside it go on. Rejects only when the first start fails before the part was ready, which is a wrong
 * setting and no passing fault.
 */
export async function supervise(
  config: { part: string; policy?: SupervisionPolicy },
  run: SupervisedPart,
  deps: SuperviseDeps,
  signal: AbortSignal,
): Promise<void> {
  const { part, policy = defaultPolicy } = config
  const { now, delay = systemDelay, random = Math.random } = deps
  let [restarts, failuresInARow, wasReady] = [0, 0, false]
  let code: string | null = null
  const say = (state: PartState['state']) => deps.onState?.({ part, state, restarts, code })
  say('starting')
  while (!signal.aborted) {
    let readyMs: number | undefined
    try {
      await run(signal, () => {
        readyMs = now()
        wasReady = true
        say('running')
        if (restarts > 0) deps.logger.info({ part, restarts }, 'a part that had failed runs again')
      })
      if (signal.aborted) break
      throw new AppError('INTERNAL_ERROR', `${part} ended although nobody stopped it`)
    } catch (error) {
      code = error instanceof AppError ? error.code : 'INTERNAL_ERROR'
      if (!wasReady) throw error
      if (signal.aborted) {
        deps.logger.error({ part, code, err: error }, `a part failed while it stopped: ${messageOf(error)}`)
        break
      }
      if (readyMs !== undefined && now() - readyMs >= policy.stableMs) failuresInARow = 0
      const ceilingMs = Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** Math.min(failuresInARow++, 30))
      const delay_ms = Math.round(ceilingMs * (0.5 + random() / 2))
      restarts++
      say('restarting')
      deps.logger.error(
        { part, code, restarts, delay_ms, err: error },
        `a part failed and is started again, the others go on: ${messageOf(error)}`,
      )
      await delay(delay_ms, signal)
    }
  }
  say('stopped')
}
