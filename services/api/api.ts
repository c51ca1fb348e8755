import type { AddressInfo } from 'node:net'
import type { ClickHouse } from '../platform/clickhouse/client.ts'
import type { Now } from '../platform/clock.ts'
import { AppError } from '../platform/errors.ts'
import { buildProgress } from '../platform/health.ts'
import type { Logger } from '../platform/log.ts'
import { buildMetrics } from '../platform/metrics.ts'
import { untilAborted } from '../platform/service.ts'
import { openTokens } from '../platform/tokens.ts'
import { buildApi } from './app.ts'
import { isLoopback } from './http/local-only.ts'

/** What the running API is told. `port` 0 takes a free one. */
export interface RunApiConfig {
  host: string
  port: number
  queryTimeoutMs: number
  tokensFile: string | undefined
  stalledAfterMs: number
}

/** What it needs. `onListening` is told the port. */
export interface RunApiDeps {
  clickhouse: ClickHouse
  logger: Logger
  now: Now
  signal: AbortSignal
  onListening?: (port: number) => void
}

/**
 * Serves the read API until the signal aborts, then answers what is under way. Rejects with SETTINGS_INVALID, before it listens,
 * when the address is reachable from outside but there is no tokens file.
 */
export async function runApi(config: RunApiConfig, deps: RunApiDeps): Promise<void> {
  const { logger } = deps
  if (config.tokensFile === undefined && !isLoopback(config.host)) {
    throw new AppError(
      'SETTINGS_INVALID',
      `the API would be open to everyone on ${config.host}: set WEIR_TOKENS_FILE, or WEIR_API_HOST to 127.0.0.1`,
    )
  }
  await using tokens = config.tokensFile === undefined ? undefined : await openTokens(config.tokensFile, { logger })
  const app = buildApi(config, {
    clickhouse: deps.clickhouse,
    tokens,
    logger,
    metrics: buildMetrics('api', { withProcess: true }),
    progress: buildProgress(deps.now, config),
    now: deps.now,
  })
  try {
    await app.listen({ host: config.host, port: config.port })
    const { port } = app.server.address() as AddressInfo
    if (tokens === undefined) logger.warn({ host: config.host }, 'no tokens file: everyone on this machine reads as an operator')
    logger.info({ host: config.host, port }, 'the read API listens')
    deps.onListening?.(port)
    await untilAborted(deps.signal)
  } finally {
    await app.close()
  }
}
