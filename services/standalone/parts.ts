import type { ProcessDeps } from '../platform/service.ts'
import { type PartState, type SupervisionPolicy, supervise } from '../platform/supervise.ts'
import { buildLastingHealth } from './lasting-health.ts'

/** The parts of one process, each supervised by itself. Disposing stops them one after the other, the last one started first. */
export interface Parts extends AsyncDisposable {
  /** Starts a part; `run` is one of the processes' own functions. */
  start(name: string, run: (deps: ProcessDeps, signal: AbortSignal) => Promise<void>): void
  /** Resolves when all parts do their work, with where they listen; rejects when one failed before it did. */
  ready(): Promise<ReadonlyMap<string, string>>
  /** How each stands, the last one started first. */
  states(): readonly PartState[]
}

/** Builds the supervisor of parts; nothing runs yet. */
export function buildParts(
  deps: Pick<ProcessDeps, 'logger' | 'now' | 'processMetrics'>,
  config: { policy?: SupervisionPolicy } = {},
): Parts {
  const running = new AsyncDisposableStack()
  const states = new Map<string, PartState>()
  const addresses = new Map<string, string>()
  const started: Promise<void>[] = []
  const allStates = () => [...states.values()].reverse()
  return {
    start(name, run) {
      const logger = deps.logger.child({ part: name })
      const state = () => states.get(name) as PartState
      const health = running.use(buildLastingHealth(state))
      const stop = new AbortController()
      const { promise: isReady, resolve, reject } = Promise.withResolvers<void>()
      const once = (signal: AbortSignal, onReady: () => void) => {
        const tell = (address?: string) => {
          if (address !== undefined) addresses.set(name, address)
          onReady()
          resolve()
        }
        return run({ ...deps, logger, onReady: tell, openHealth: health.open, parts: allStates }, signal)
      }
      const supervised = supervise({ part: name, ...config }, once, { ...deps, onState: one => states.set(name, one) }, stop.signal)
      supervised.catch(reject)
      isReady.catch(() => undefined)
      started.push(isReady)
      running.defer(async () => {
        stop.abort()
        await supervised.catch(() => undefined)
      })
    },
    async ready() {
      await Promise.all(started)
      return addresses
    },
    states: allStates,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}
