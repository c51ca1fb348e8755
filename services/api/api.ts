import { openEgressPolicy } from '../answers/egress/egress-policy.ts'
import type { Settings } from '../platform/env.ts'
import { AppError } from '../platform/errors.ts'
import { buildProgress } from '../platform/health.ts'
import { buildMetrics } from '../platform/metrics.ts'
import { type FileChecks, type ProcessDeps, untilAborted } from '../platform/service.ts'
import { checkTokens, openTokens } from '../platform/tokens.ts'
import { type ApiDeps, buildApi } from './app.ts'
import { isLoopback } from './http/local-only.ts'

/** The settings that the API reads. Port 0 takes a free one. */
export type ApiSettings = Pick<Settings, 'api' | 'files' | 'process'>

/** Tokens, and whether there must be some; what tenants may send to. */
export const apiFiles: FileChecks = settings => [
  checkReach(settings),
  ...(settings.files.tokens === undefined ? [] : [checkTokens(settings.files.tokens)]),
  openEgressPolicy(settings.files.egress),
]

async function checkReach({ api: { host }, files }: ApiSettings): Promise<void> {
  if (files.tokens !== undefined || host === undefined || isLoopback(host)) return
  throw new AppError(
    'SETTINGS_INVALID',
    `the API would be open to everyone on ${host}: set WEIR_TOKENS_FILE, or WEIR_API_HOST to 127.0.0.1`,
  )
}

/**
 * Serves the read API until the signal aborts, then answers what is under way. Rejects with SETTINGS_INVALID, before it listens,
 * when the address is reachable from outside but there is no tokens file.
 */
export async function runApi(
  settings: ApiSettings,
  deps: ProcessDeps & Pick<ApiDeps, 'clickhouse' | 'openEventLog'>,
  signal: AbortSignal,
): Promise<void> {
  const { logger, now } = deps
  const { host, port } = settings.api
  const tokensFile = settings.files.tokens
  await checkReach(settings)
  await using tokens = tokensFile === undefined ? undefined : await openTokens(tokensFile, { logger, now })
  const egressPolicy = await openEgressPolicy(settings.files.egress)
  const app = buildApi(settings.api, {
    ...deps,
    egressPolicy,
    tokens,
    tokensFile,
    metrics: buildMetrics('api', deps),
    progress: buildProgress(deps.now, settings.process),
  })
  try {
    const address = await app.listen({ host, port })
    if (tokens === undefined) logger.warn({ host }, 'no tokens file: everyone on this machine reads as an operator')
    logger.info({ address }, 'the read API listens')
    deps.onReady?.(address)
    await untilAborted(signal)
  } finally {
    await app.close()
  }
}
