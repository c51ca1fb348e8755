import { delay } from '../platform/clock.ts'
import type { Settings } from '../platform/env.ts'
import type { EventLog } from '../platform/event-log/port.ts'
import { buildProgress } from '../platform/health.ts'
import { buildMetrics } from '../platform/metrics.ts'
import { type Loop, runTogether } from '../platform/run-together.ts'
import { type FileChecks, type ProcessDeps, untilAborted } from '../platform/service.ts'
import { supervise } from '../platform/supervise.ts'
import { checkTokens, openTokens } from '../platform/tokens.ts'
import { buildIngestApp } from './app.ts'
import { readIngestConfig } from './config.ts'
import { checkTargets, openTargets } from './discovery/open-targets.ts'
import { buildPublisher } from './publish.ts'
import { runScraper } from './scraper.ts'

/** The settings that ingest reads. */
export type IngestSettings = Pick<Settings, 'ingest' | 'files' | 'process'>

/** Tokens and targets. */
export const ingestFiles: FileChecks = ({ files }) => [
  ...(files.tokens === undefined ? [] : [checkTokens(files.tokens)]),
  ...(files.targets === undefined ? [] : [checkTargets(files.targets)]),
]

/**
 * Takes lines and expositions over HTTP, and scrapes when there are targets, until `signal` aborts; then refuses new requests and waits
 * for those under way, so that every 202 that was earned is sent. Port 0 takes a free one. Scraping is supervised apart: whatever becomes
 * of it, lines are taken.
 */
export async function runIngest(
  settings: IngestSettings,
  deps: ProcessDeps & { eventLog: Pick<EventLog, 'append'> },
  signal: AbortSignal,
): Promise<void> {
  const { logger, now } = deps
  const config = readIngestConfig(settings)
  const [metrics, progress] = [buildMetrics('ingest', deps), buildProgress(now, settings.process)]
  await using tokens = settings.files.tokens === undefined ? undefined : await openTokens(settings.files.tokens, { logger, now })
  await using targets = settings.files.targets === undefined ? undefined : await openTargets(settings.files.targets, { logger })
  if (tokens === undefined) logger.warn('there is no tokens file (WEIR_TOKENS_FILE): only programs on this machine may send')
  const app = buildIngestApp(config, { ...deps, tokens, metrics, progress })
  const serve: Loop = async stop => {
    await untilAborted(stop)
    await app.close()
  }
  const scrape: Loop = async stop => {
    if (targets === undefined) return
    const scraper = { ...deps, targets, metrics, delay, publisher: buildPublisher(config, { ...deps, metrics, progress }) }
    const run = async (until: AbortSignal, onReady: () => void) => {
      onReady()
      await runScraper(config, scraper, until)
    }
    await supervise({ part: 'scraper' }, run, deps, stop)
  }
  const address = await app.listen({ host: settings.ingest.host, port: settings.ingest.port })
  logger.info({ address }, 'ingest takes lines and metrics')
  deps.onReady?.(address)
  await runTogether([serve, scrape], signal)
}
