import type { Settings } from './env.ts'
import { buildProgress, openHealthServer, type Progress } from './health.ts'
import { buildMetrics, type MeteredService, type Metrics } from './metrics.ts'
import type { ProcessDeps } from './service.ts'

/** What a process without an HTTP interface of its own shows of itself. Disposing closes its health page. */
export interface ProcessPage<S extends MeteredService> extends AsyncDisposable {
  readonly metrics: Metrics<S>
  readonly progress: Progress
  /** To be called once the process reads its topics: the page says ready from then on, and so do its deps. */
  onReading(): void
}

/** Opens the health page of a process, with its metrics and its progress. Port 0 takes a free one; rejects where the port is taken. */
export async function openProcessPage<S extends MeteredService>(
  service: S,
  config: { process: Settings['process']; port: number },
  deps: ProcessDeps,
): Promise<ProcessPage<S>> {
  const { openHealth = openHealthServer, parts } = deps
  const [metrics, progress] = [buildMetrics(service, deps), buildProgress(deps.now, config.process)]
  let isReading = false
  const page = await openHealth(
    { host: config.process.metricsHost, port: config.port },
    { progress, registry: metrics.registry, isReady: () => isReading, parts },
  )
  return {
    metrics,
    progress,
    onReading() {
      isReading = true
      deps.onReady?.()
    },
    [Symbol.asyncDispose]: () => page[Symbol.asyncDispose](),
  }
}
