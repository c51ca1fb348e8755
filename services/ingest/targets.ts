import { createHash } from 'node:crypto'
import Type, { type Static } from 'typebox'
import { Value } from 'typebox/value'
import { AppError, messageOf } from '../platform/errors.ts'

/** A model server to read. `endpoint` is host:port as the file names it. */
export interface Target {
  url: string
  endpoint: string
  pool: string
  engine: string | undefined
  model: string | undefined
  region: string | undefined
}

/**
 * The targets file: the shape of Prometheus file_sd. `__scheme__` and `__metrics_path__` are http and /metrics unless
 * given; other labels are ignored.
 */
const TargetsFile = Type.Array(
  Type.Object(
    {
      targets: Type.Array(Type.String({ pattern: '^[^\\s/@?#]+:\\d{1,5}$' })),
      labels: Type.Optional(Type.Record(Type.String(), Type.String())),
    },
    { additionalProperties: false },
  ),
)

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
  const found = group.targets.map(endpoint => targetAt(endpoint, group.labels ?? {}))
  faults.push(...(found[0]?.faults ?? targetAt('host:1', group.labels ?? {}).faults).map(fault => `${where} ${fault}`))
  return found.map(({ target }) => target)
}

/**
 * The target at an address (host:port) with the labels that say what it is: `pool`, `engine`, `model`, `region`, `__scheme__` and
 * `__metrics_path__`; others are ignored. It is good only when there are no faults.
 */
export function targetAt(endpoint: string, labels: Readonly<Record<string, string>>): { target: Target; faults: readonly string[] } {
  const { pool, engine, model, region } = labels as Record<string, string | undefined>
  const scheme = labels['__scheme__'] ?? 'http'
  const metricsPath = labels['__metrics_path__'] ?? '/metrics'
  const faults: string[] = []
  if (!pool) faults.push('has no label "pool"')
  if (scheme !== 'http' && scheme !== 'https') faults.push(`has __scheme__ "${scheme}", expected http or https`)
  if (!metricsPath.startsWith('/')) faults.push(`has __metrics_path__ "${metricsPath}", expected a path that begins with /`)
  return { target: { url: `${scheme}://${endpoint}${metricsPath}`, endpoint, pool: pool ?? '', engine, model, region }, faults }
}

function invalid(path: string, faults: readonly string[]): AppError {
  return new AppError(
    'SETTINGS_INVALID',
    `the targets file ${path} has ${faults.length} fault(s):\n${faults.map(fault => `- ${fault}`).join('\n')}`,
  )
}
