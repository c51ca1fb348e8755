/** The alerting file and the rules that it names, while they change under a running process. */
import { globSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { delay, SECOND } from '../../platform/clock.ts'
import { AppError, messageOf } from '../../platform/errors.ts'
import type { Logger } from '../../platform/log.ts'
import type { CompiledGroup } from '../rules/compile-rule.ts'
import { readRuleGroups } from '../rules/read-rule-groups.ts'
import { type AlertingConfig, DEFAULT_ALERTING } from './alerting-config.ts'
import { readAlertingConfig } from './read-alerting-config.ts'

/** What is in force. */
export interface Alerting {
  readonly config: AlertingConfig
  readonly groups: readonly CompiledGroup[]
  /** All that it was read from. */
  readonly text: string
}

/** Reads the alerting file; without one the defaults hold. Rejects with ALERTING_FILE_INVALID, or SETTINGS_INVALID where it is missing. */
export async function readAlerting(file: string | undefined): Promise<AlertingConfig> {
  return file === undefined ? DEFAULT_ALERTING : readAlertingConfig(await readFile(file, 'utf8'), file)
}

/** The file with its rules. Rejects with all faults of all files. */
export async function openAlerting(file: string | undefined): Promise<Alerting> {
  const config = await readAlerting(file)
  return { config, groups: readRuleGroups(config), text: textOf(file, config) }
}

/** How often files are looked at: one that is being written has a moment to be whole. */
const LOOK_EVERY_MS = 5 * SECOND

/**
 * Resolves to what the files say once that is something else than `current` and without a fault; undefined when `signal` aborts. What is
 * faulty is logged once, with all faults, and what is in force stays. Files are polled, since change notifications do not cross mounts.
 */
export async function nextAlerting(
  file: string | undefined,
  current: Alerting,
  deps: { logger: Pick<Logger, 'info' | 'warn'>; everyMs?: number },
  signal: AbortSignal,
): Promise<Alerting | undefined> {
  let seen = current.text
  while (!signal.aborted) {
    await delay(deps.everyMs ?? LOOK_EVERY_MS, signal)
    if (signal.aborted || file === undefined) continue
    const text = textOf(file, current.config)
    if (text === seen) continue
    seen = text
    try {
      const next = await openAlerting(file)
      deps.logger.info({ file }, 'the alerting file or rules changed and are in force')
      return next
    } catch (error) {
      if (!(error instanceof AppError) && !isSystemError(error)) throw error
      deps.logger.warn({ file }, `the alerting file or rules changed and cannot be used; what was in force stays: ${messageOf(error)}`)
    }
  }
  return undefined
}

/** All texts that alerting is made of; one that cannot be read is told by its fault. */
function textOf(file: string | undefined, { rules }: Pick<AlertingConfig, 'rules'>): string {
  const files = file === undefined ? [] : [file, ...rules.flatMap(pattern => globSync(pattern).sort())]
  return JSON.stringify(files.map(name => [name, read(name)]))
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    return messageOf(error)
  }
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error
}
