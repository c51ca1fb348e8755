import type { Registry } from 'prom-client'
import { type Now, systemNow } from './clock.ts'
import { checkOnly, readSettings, type Settings, unknownNames } from './env.ts'
import { AppError, messageOf } from './errors.ts'
import type { OpenHealthServer } from './health.ts'
import { buildLogger, type Logger } from './log.ts'
import { buildProcessMetrics } from './metrics.ts'
import type { PartState } from './supervise.ts'

/** What every `run<X>` of a process needs beside its stores, whether it runs by itself or as a part of the standalone. */
export interface ProcessDeps {
  logger: Logger
  now: Now
  /** Metrics of the operating system's process, shown beside its own. */
  processMetrics?: Registry
  /** Told once it does its work, and where it listens when it has an HTTP API; `undefined`: it has a health page alone. */
  onReady?: (address?: string) => void
  /** Opens its health page (default: openHealthServer); the standalone's outlives the process. */
  openHealth?: OpenHealthServer
  /** All parts of the standalone; a health page lists them. */
  parts?: () => readonly PartState[]
}

/** What a service is started with. `signal` aborts at SIGTERM or SIGINT: drain, then return. */
export interface ServiceContext {
  settings: Settings
  deps: { logger: Logger; now: Now; processMetrics: Registry }
  signal: AbortSignal
}

/**
 * Runs a service as the process: reads the settings, and with `--check` says that they are valid and ends; else runs `start` until it
 * resolves. Exit codes: 0 done, 1 `start` rejected (logged as fatal), 2 settings invalid (all faults on standard error).
 * A second SIGTERM or SIGINT ends the process at once.
 */
export async function runService(service: string, start: (context: ServiceContext) => Promise<void>): Promise<void> {
  let settings: Settings
  try {
    settings = readSettings()
  } catch (error) {
    process.stderr.write(`${service}: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 2
    return
  }
  if (checkOnly(process.argv)) {
    process.stdout.write(`${service}: the settings are valid\n`)
    return
  }
  const logger = buildLogger({ service, level: settings.process.logLevel })
  for (const name of unknownNames()) logger.warn({ name }, 'an environment variable begins with WEIR_ but is no setting; it has no effect')
  const stop = new AbortController()
  for (const name of ['SIGTERM', 'SIGINT'] as const) {
    process.on(name, () => {
      if (stop.signal.aborted) process.exit(1)
      logger.info({ signal: name }, 'stopping: what is under way is finished first')
      stop.abort()
    })
  }
  try {
    await start({ settings, deps: { logger, now: systemNow, processMetrics: buildProcessMetrics() }, signal: stop.signal })
    logger.info('stopped')
  } catch (error) {
    logger.fatal({ err: error, code: error instanceof AppError ? error.code : undefined }, `the service cannot go on: ${messageOf(error)}`)
    process.exitCode = 1
  }
  // Signal handlers and pooled sockets must not keep a finished service alive.
  process.exit()
}

/** Resolves when the signal aborts. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
