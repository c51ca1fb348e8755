import { type HealthServer, type OpenHealthServer, openHealthServer, type ProbeDeps } from '../platform/health.ts'
import type { PartState } from '../platform/supervise.ts'

/** A health page that stays while its part is restarted. Disposing closes it. */
export interface LastingHealth extends AsyncDisposable {
  /** Shows what the part opens its page with; disposing what it gives leaves the page, which then tells that the part failed. */
  open: OpenHealthServer
}

/** Builds the page of a part; nothing listens before the part first opens it. `state` gives how the part stands. */
export function buildLastingHealth(state: () => PartState): LastingHealth {
  let server: HealthServer | undefined
  let last: ProbeDeps
  let isOpen = false
  const shown: ProbeDeps = {
    progress: { check: () => (isOpen ? last.progress.check() : { isHealthy: false, reasons: [state()] }) },
    get registry() {
      return last.registry
    },
    isReady: () => isOpen && (last.isReady?.() ?? true),
    parts: () => last.parts?.() ?? [state()],
  }
  return {
    async open(config, deps) {
      last = deps
      server ??= await openHealthServer(config, shown)
      isOpen = true
      return {
        port: server.port,
        async [Symbol.asyncDispose]() {
          isOpen = false
        },
      }
    },
    async [Symbol.asyncDispose]() {
      await server?.[Symbol.asyncDispose]()
    },
  }
}
