import { SECOND } from '../../platform/clock.ts'
import { AppError, messageOf } from '../../platform/errors.ts'
import { openWatchedFile, type WatchedFile, type WatchedFileLogger } from '../../platform/watched-file.ts'
import type { Target } from '../targets.ts'
import { readDnsTargets } from './dns-source.ts'
import { readPodTargets } from './kubernetes-source.ts'
import { parseTargetsConfig, type TargetsConfig } from './targets-config.ts'

/** A source of targets with what it said last. */
interface Source {
  /** The source as the file describes it: equal text, equal source. */
  key: string
  refreshMs: number
  read: () => Promise<{ targets: readonly Target[]; faults: readonly string[] }>
  found: readonly Target[]
  /** Time since it was asked last. */
  ageMs: number
  reading: Promise<void> | undefined
  complaint: string
}

/** How often sources are looked at. */
const TICK_MS = SECOND

/**
 * Opens a targets file; it is read again when it changes, and its sources are asked at their intervals. Rejects with SETTINGS_INVALID
 * when it cannot be used at start; later faults keep the last good list. A source that cannot be asked keeps its last targets and is
 * logged when that begins and when it ends.
 */
export async function openTargets(path: string, deps: { logger: WatchedFileLogger }): Promise<WatchedFile<readonly Target[]>> {
  const file = await openConfig(path, deps)
  let sources: readonly Source[] = []
  let targets: readonly Target[] = []
  const combine = () => {
    const byUrl = new Map(
      [...file.current().targets, ...sources.flatMap(({ found }) => found)].reverse().map(target => [target.url, target]),
    )
    targets = [...byUrl.values()].reverse()
  }
  const look = async (elapsedMs: number) => {
    sources = sourcesOf(file.current(), sources)
    combine()
    await Promise.all(
      sources.map(async source => {
        source.ageMs += elapsedMs
        if (source.ageMs < source.refreshMs) return
        source.reading ??= ask(source, deps).finally(() => {
          source.reading = undefined
        })
        await source.reading
        combine()
      }),
    )
  }
  await look(Number.POSITIVE_INFINITY)
  const timer = setInterval(() => void look(TICK_MS), TICK_MS)
  timer.unref()
  return {
    current: () => targets,
    async refresh() {
      await file.refresh()
      await look(Number.POSITIVE_INFINITY)
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await Promise.all(sources.map(({ reading }) => reading))
      await file[Symbol.asyncDispose]()
    },
  }
}

/** Reads a targets file for what is wrong with it, asking no source: rejects as openTargets does. */
export async function checkTargets(path: string): Promise<void> {
  await using _file = await openConfig(path, { logger: { info: () => undefined, warn: () => undefined } })
}

async function openConfig(path: string, deps: { logger: WatchedFileLogger }): Promise<WatchedFile<TargetsConfig>> {
  try {
    return await openWatchedFile({ path, parse: text => parseTargetsConfig(text, path) }, deps)
  } catch (error) {
    if (error instanceof AppError) throw error
    throw new AppError('SETTINGS_INVALID', `the targets file ${path} cannot be read: ${messageOf(error)}`, { cause: error })
  }
}

/** The sources of a file; those that were there before keep what they know. */
function sourcesOf({ dns, kubernetes }: TargetsConfig, before: readonly Source[]): readonly Source[] {
  const described = [
    ...dns.map(source => ({ source, read: async () => ({ targets: await readDnsTargets(source), faults: [] }) })),
    ...kubernetes.map(source => ({ source, read: async () => await readPodTargets(source) })),
  ]
  return described.map(({ source, read }) => {
    const key = JSON.stringify(source)
    const known = before.find(one => one.key === key)
    const refreshMs = source.refresh_interval_s * SECOND
    return known ?? { key, refreshMs, read, found: [], ageMs: Number.POSITIVE_INFINITY, reading: undefined, complaint: '' }
  })
}

async function ask(source: Source, deps: { logger: WatchedFileLogger }): Promise<void> {
  source.ageMs = 0
  let complaint = ''
  try {
    const { targets, faults } = await source.read()
    source.found = targets
    complaint = faults.join('; ').slice(0, 2_000)
  } catch (error) {
    complaint = `cannot be asked, its last targets stay in force: ${messageOf(error)}`
  }
  if (complaint !== source.complaint) {
    const facts = { source: JSON.parse(source.key) as unknown, detail: complaint, targets: source.found.length }
    if (complaint === '') deps.logger.info(facts, 'a source of metrics targets is complete again')
    else deps.logger.warn(facts, 'a source of metrics targets is incomplete')
  }
  source.complaint = complaint
}
