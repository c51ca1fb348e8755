import type { Registry } from 'prom-client'
import { type Now, systemNow } from './clock.ts'
import { checkOnly, inspectSettings, misspeltSettings, readSettings, type Settings, settingsInvalid } from './env.ts'
import { AppError, messageOf } from './errors.ts'
import type { OpenHealthServer } from './health.ts'
import { buildLogger, type Logger } from './log.ts'
import { buildProcessMetrics } from './metrics.ts'
import { stopWithStarter } from './starter.ts'
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

/** The readings that find out whether the files that settings name can be used; each rejects with what is wrong. */
export type FileChecks = (settings: Settings) => readonly Promise<unknown>[]

/**
 * Runs a service as the process: reads the settings, and with `--check` says that they and the files that they name are valid and ends;
 * else runs `start` until it resolves. Exit codes: 0 done, 1 `start` rejected (logged as fatal), 2 settings or arguments invalid (all
 * faults on standard error). A second SIGTERM or SIGINT ends the process at once; so does, once, the end of npm or weir that started it.
 */
export async function runService(service: string, checks: FileChecks, start: (context: ServiceContext) => Promise<void>): Promise<void> {
  const [unknown] = process.argv.slice(2).filter(word => word.startsWith('-') && word !== '--check')
  if (unknown !== undefined) {
    process.stderr.write(`${service}: unknown option '${unknown}': --check is the only one, all else are settings (docs/settings.md)\n`)
    process.exitCode = 2
    return
  }
  if (checkOnly(process.argv)) return await check(service, checks)
  let settings: Settings
  try {
    settings = readSettings()
  } catch (error) {
    process.stderr.write(`${service}: ${messageOf(error)}\n`)
    process.exitCode = 2
    return
  }
  const logger = buildLogger({ service, level: settings.process.logLevel })
  for (const warning of misspeltSettings()) logger.warn(warning)
  const stop = new AbortController()
  const end = (facts: object) => {
    if (stop.signal.aborted) process.exit(1)
    logger.info(facts, 'stopping: what is under way is finished first')
    stop.abort()
  }
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => end({ signal: name }))
  stopWithStarter(() => stop.signal.aborted || end({ cause: 'the program that started this one has gone' }))
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

/** Says what is wrong with the settings and the files that they name, all at once; exit code 2 if anything is. */
async function check(service: string, checks: FileChecks): Promise<void> {
  for (const warning of misspeltSettings()) process.stderr.write(`${service}: ${warning}\n`)
  const { settings, faults } = inspectSettings()
  for (const outcome of await Promise.allSettled(checks(settings))) {
    if (outcome.status === 'rejected') faults.push(messageOf(outcome.reason))
  }
  const all = [...new Set(faults)]
  if (all.length === 0) {
    process.stdout.write(`${service}: the settings are valid\n`)
    return
  }
  process.stderr.write(`${service}: ${settingsInvalid(all).message}\n`)
  process.exitCode = 2
}

/** Resolves when the signal aborts. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
