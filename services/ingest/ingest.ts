import type { WatchedFile } from '../platform/watched-file.ts'
import { buildIngestApp, type IngestDeps } from './app.ts'
import type { IngestConfig } from './config.ts'
import { buildPublisher } from './publish.ts'
import { runScraper } from './scraper.ts'
import type { Target } from './targets.ts'

/**
 * A running ingest. Disposing stops scraping, refuses new requests and waits for those under way, so that
 * every 202 that was earned is sent.
 */
export interface Ingest extends AsyncDisposable {
  /** Where it listens, such as http://127.0.0.1:8686. */
  readonly address: string
}

/** Listens, and scrapes when there are targets. Port 0 takes a free one. */
export async function openIngest(
  config: IngestConfig & { host: string; port: number },
  deps: IngestDeps & {
    targets: WatchedFile<readonly Target[]> | undefined
    delay: (ms: number, signal?: AbortSignal) => Promise<void>
  },
): Promise<Ingest> {
  const { targets, logger } = deps
  if (deps.tokens === undefined) logger.warn('there is no tokens file (WEIR_TOKENS_FILE): only programs on this machine may send')
  const app = buildIngestApp(config, deps)
  const address = await app.listen({ host: config.host, port: config.port })
  const stop = new AbortController()
  const scraping =
    targets === undefined
      ? Promise.resolve()
      : runScraper(config, { ...deps, targets, publisher: buildPublisher(config, deps) }, stop.signal).catch(error =>
          logger.error({ err: error }, 'the scraper ended unexpectedly; metrics targets are not read any more'),
        )
  return {
    address,
    async [Symbol.asyncDispose]() {
      stop.abort()
      await Promise.all([scraping, app.close()])
    },
  }
}
