import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Registry } from 'prom-client'
import type { Now } from './clock.ts'
import type { PartState } from './supervise.ts'

/** What /healthz answers: healthy, or the loops that are stalled, or that the part itself failed and waits for its restart. */
export interface Health {
  isHealthy: boolean
  reasons: readonly ({ loop: string; stalled_ms: number } | PartState)[]
}

/** Health from progress, not from "connected": loops say when they moved and whether work is left. */
export interface Progress {
  /** The loop `name` moved just now; `pending`: it has more to do. Never called by a mere retry. */
  report(name: string, state: { pending: boolean }): void
  /** Work for `name` is waiting (lag was seen): starts its clock unless it already runs. Is no progress. */
  expect(name: string): void
  check(): Health
}

/** Builds the record of progress. A loop is stalled when it had pending work for `stalledAfterMs` without a report. */
export function buildProgress(now: Now, config: { stalledAfterMs: number }): Progress {
  const pendingSince = new Map<string, number>()
  return {
    report(name, { pending }) {
      if (pending) pendingSince.set(name, now())
      else pendingSince.delete(name)
    },
    expect(name) {
      if (!pendingSince.has(name)) pendingSince.set(name, now())
    },
    check() {
      const reasons = [...pendingSince]
        .map(([loop, sinceMs]) => ({ loop, stalled_ms: now() - sinceMs }))
        .filter(reason => reason.stalled_ms > config.stalledAfterMs)
      return { isHealthy: reasons.length === 0, reasons }
    },
  }
}

/** What the probe paths answer, for a service's own HTTP server too. Undefined: not a probe path. */
export async function probeAnswer(
  path: string,
  deps: ProbeDeps,
): Promise<{ status: number; contentType: string; body: string } | undefined> {
  if (path === '/metrics') return { status: 200, contentType: deps.registry.contentType, body: await deps.registry.metrics() }
  if (path === '/healthz') {
    const health = deps.progress.check()
    const fault = health.reasons.some(reason => 'part' in reason) ? 'failing' : 'stalled'
    const parts = deps.parts?.()
    return json(health.isHealthy ? 200 : 503, { status: health.isHealthy ? 'ok' : fault, reasons: health.reasons, ...(parts && { parts }) })
  }
  if (path === '/readyz') {
    const isReady = deps.isReady?.() ?? true
    return json(isReady ? 200 : 503, { status: isReady ? 'ready' : 'starting' })
  }
  return undefined
}

/**
 * What the probe paths need. `isReady` absent: ready as soon as it listens. `parts`: all parts of the standalone, to be listed beside the
 * answer.
 */
export interface ProbeDeps {
  progress: Pick<Progress, 'check'>
  registry: Registry
  isReady?: (() => boolean) | undefined
  parts?: (() => readonly PartState[]) | undefined
}

/** A listening probe server; disposing closes it and its connections. */
export interface HealthServer extends AsyncDisposable {
  readonly port: number
}

/** Opens a probe server, as openHealthServer does. */
export type OpenHealthServer = (config: { host: string; port: number }, deps: ProbeDeps) => Promise<HealthServer>

/** Serves /healthz, /readyz and /metrics for a service without an HTTP API of its own. Port 0 takes a free one. */
export async function openHealthServer(config: { host: string; port: number }, deps: ProbeDeps): Promise<HealthServer> {
  const server = createServer((request, response) => {
    probeAnswer((request.url ?? '/').split('?')[0] as string, deps).then(
      answer => {
        response.writeHead(answer?.status ?? 404, { 'content-type': answer?.contentType ?? 'text/plain' })
        response.end(answer?.body ?? 'only /healthz, /readyz and /metrics are served here\n')
      },
      () => {
        response.writeHead(500)
        response.end()
      },
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(config.port, config.host, resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      const closed = new Promise(resolve => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}

function json(status: number, body: object): { status: number; contentType: string; body: string } {
  return { status, contentType: 'application/json', body: `${JSON.stringify(body)}\n` }
}
