import { Agent } from 'undici'
import type { Now } from '../platform/clock.ts'
import type { Logger } from '../platform/log.ts'
import type { Metrics } from '../platform/metrics.ts'
import type { WatchedFile } from '../platform/watched-file.ts'
import type { IngestConfig } from './config.ts'
import type { Publisher } from './publish.ts'
import { type ScrapeOutcome, scrapeTarget } from './scrape-target.ts'
import { nextReadMs, type Target } from './targets.ts'

/** What the scraper needs. `delay` resolves early when the signal aborts. */
export interface ScraperDeps {
  targets: Pick<WatchedFile<readonly Target[]>, 'current'>
  publisher: Publisher
  metrics: Metrics<'ingest'>
  logger: Logger
  now: Now
  delay: (ms: number, signal?: AbortSignal) => Promise<void>
}

type ScraperConfig = Pick<IngestConfig, 'scrapeIntervalMs' | 'scrapeTimeoutMs' | 'maxExpositionBytes'>

/** How long a change of the targets may go unnoticed. */
const LOOK_AGAIN_MS = 1_000

/**
 * Reads every target of the current list on its own grid of `scrapeIntervalMs` until the signal aborts; then waits for the readings
 * under way. A target that is still being read when it is due again is skipped, which is a gap. A target's failure is logged when it
 * begins and when it ends, not each time.
 */
export async function runScraper(config: ScraperConfig, deps: ScraperDeps, signal: AbortSignal): Promise<void> {
  const dispatcher = new Agent({ connections: 1, pipelining: 1, keepAliveTimeout: 2 * config.scrapeIntervalMs })
  const underWay = new Map<string, Promise<void>>()
  const reportOutcome = buildOutcomeReport(deps)
  const start = (target: Target) => {
    if (underWay.has(target.url)) return deps.metrics.ingest_scrapes_total.inc({ outcome: 'skipped' })
    const startedMs = deps.now()
    const reading = scrapeTarget(
      target,
      { timeoutMs: config.scrapeTimeoutMs, maxExpositionBytes: config.maxExpositionBytes },
      { ...deps, dispatcher },
    )
      .then(({ outcome, detail }) => {
        deps.metrics.ingest_scrape_duration_seconds.observe({}, (deps.now() - startedMs) / 1000)
        reportOutcome(target, outcome, detail)
      })
      .finally(() => underWay.delete(target.url))
    underWay.set(target.url, reading)
  }
  let lookedAtMs = deps.now()
  try {
    while (!signal.aborted) {
      const targets = deps.targets.current()
      deps.metrics.ingest_targets_count.set({}, targets.length)
      const dueMs = targets.map(target => nextReadMs(target, config.scrapeIntervalMs, lookedAtMs))
      const nextLookMs = Math.min(...dueMs, lookedAtMs + LOOK_AGAIN_MS)
      await deps.delay(Math.max(0, nextLookMs - deps.now()), signal)
      if (signal.aborted) break
      targets.filter((_, index) => dueMs[index] === nextLookMs).forEach(start)
      lookedAtMs = Math.max(nextLookMs + 1, deps.now() - config.scrapeIntervalMs)
    }
  } finally {
    await Promise.allSettled(underWay.values())
    await dispatcher.close()
  }
}

function buildOutcomeReport(
  deps: Pick<ScraperDeps, 'metrics' | 'logger'>,
): (target: Target, outcome: ScrapeOutcome, detail?: string) => void {
  const failing = new Set<string>()
  return (target, outcome, detail) => {
    deps.metrics.ingest_scrapes_total.inc({ outcome })
    const facts = { url: target.url, pool: target.pool, outcome, detail }
    if (outcome === 'ok') {
      if (failing.delete(target.url)) deps.logger.info(facts, 'a metrics target is readable again')
    } else if (!failing.has(target.url)) {
      failing.add(target.url)
      deps.logger.warn(facts, 'a metrics target cannot be read; its readings are missing until it can')
    }
  }
}
