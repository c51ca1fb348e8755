import { createHash } from 'node:crypto'
import Type, { type Static } from 'typebox'
import { Value } from 'typebox/value'
import { AppError, messageOf } from '../platform/errors.ts'
import { openWatchedFile, type WatchedFile, type WatchedFileLogger } from '../platform/watched-file.ts'

/** A model server to read. `endpoint` is host:port as the file names it. */
export interface Target {
  url: string
  endpoint: string
  pool: string
  engine: string | undefined
  model: string | undefined
  region: string | undefined
}

/** The targets file: the shape of Prometheus file_sd. `__scheme__` and `__metrics_path__` are http and /metrics unless given; other labels are ignored. */
const TargetsFile = Type.Array(
  Type.Object(
    {
      targets: Type.Array(Type.String({ pattern: '^[^\\s/@?#]+:\\d{1,5}$' })),
      labels: Type.Optional(Type.Record(Type.String(), Type.String())),
    },
    { additionalProperties: false },
  ),
)

/** Opens a targets file; it is read again when it changes. Rejects with SETTINGS_INVALID when it cannot be used at start; later faults keep the last good list. */
export async function openTargets(path: string, deps: { logger: WatchedFileLogger }): Promise<WatchedFile<readonly Target[]>> {
  try {
    return await openWatchedFile({ path, parse: text => parseTargets(text, path) }, deps)
  } catch (error) {
    if (error instanceof AppError) throw error
    throw new AppError('SETTINGS_INVALID', `the targets file ${path} cannot be read: ${messageOf(error)}`, { cause: error })
  }
}

/** The targets in the text of a file. Throws SETTINGS_INVALID with all faults: form, missing pool, an address named twice. */
export function parseTargets(text: string, path: string): readonly Target[] {
  let groups: unknown
  try {
    groups = JSON.parse(text)
  } catch (error) {
    throw new AppError('SETTINGS_INVALID', `the targets file ${path} is not JSON: ${messageOf(error)}`, { cause: error })
  }
  if (!Value.Check(TargetsFile, groups)) {
    const faults = Value.Errors(TargetsFile, groups).map(error => `${error.instancePath || 'the file'} ${error.message}`)
    throw invalid(path, faults)
  }
  const faults: string[] = []
  const targets = groups.flatMap((group, index) => targetsOf(group, `group ${index + 1}`, faults))
  const seen = new Set<string>()
  for (const { url } of targets) {
    if (seen.has(url)) faults.push(`${url} is named twice`)
    seen.add(url)
  }
  if (faults.length > 0) throw invalid(path, faults)
  return targets
}

/**
 * When a target is read next, at or after `nowMs`: on a grid of `intervalMs` that is shifted by a hash of its address,
 * so that many targets are not read at one moment and each keeps its rhythm across restarts.
 */
export function nextReadMs(target: Pick<Target, 'url'>, intervalMs: number, nowMs: number): number {
  const shiftMs = createHash('sha256').update(target.url).digest().readUInt32BE(0) % intervalMs
  return Math.ceil((nowMs - shiftMs) / intervalMs) * intervalMs + shiftMs
}

function targetsOf(group: Static<typeof TargetsFile>[number], where: string, faults: string[]): Target[] {
  const labels = group.labels ?? {}
  const { pool, engine, model, region } = labels as Record<string, string | undefined>
  if (!pool) faults.push(`${where} has no label "pool"`)
  const scheme = labels['__scheme__'] ?? 'http'
  if (scheme !== 'http' && scheme !== 'https') faults.push(`${where} has __scheme__ "${scheme}", expected http or https`)
  const metricsPath = labels['__metrics_path__'] ?? '/metrics'
  if (!metricsPath.startsWith('/')) faults.push(`${where} has __metrics_path__ "${metricsPath}", expected a path that begins with /`)
  return group.targets.map(endpoint => ({
    url: `${scheme}://${endpoint}${metricsPath}`,
    endpoint,
    pool: pool ?? '',
    engine,
    model,
    region,
  }))
}

function invalid(path: string, faults: readonly string[]): AppError {
  return new AppError(
    'SETTINGS_INVALID',
    `the targets file ${path} has ${faults.length} fault(s):\n${faults.map(fault => `- ${fault}`).join('\n')}`,
  )
}
