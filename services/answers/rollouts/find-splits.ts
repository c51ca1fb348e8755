import { MINUTE } from '../../platform/clock.ts'

/** Requests of a route and model by where their first attempt went, and by the version that answered (empty: none, or not at once). */
export interface ArmRow {
  readonly route: string
  readonly request_model: string
  readonly upstream: string
  readonly version: string
  readonly requests: number
  readonly first_ms: number
  readonly last_ms: number
  readonly minutes: number
}

export const SPLITS_BY = ['upstream', 'version'] as const

/** One side of a split. */
export interface Arm {
  readonly name: string
  readonly requests: number
  readonly firstMs: number
  readonly lastMs: number
  readonly minutes: number
}

/** First attempts of a route and model that go to several arms in the same minutes. `stable` is what the others are held against. */
export interface Split {
  readonly by: (typeof SPLITS_BY)[number]
  readonly route: string
  readonly request_model: string
  /** Where the versions are; empty: split by upstream. */
  readonly upstream: string
  readonly stable: Arm
  readonly others: readonly Arm[]
}

/** An arm under these is an accident, not a split: requests, their share, minutes with some. */
const LEAST_REQUESTS = 20
const LEAST_SHARE = 0.005
const LEAST_MINUTES = 5
/** An arm that began so much earlier is the stable one, whatever their sizes. */
const EARLIER_MS = 10 * MINUTE

/** Rows → the splits that there are, those with most requests first. `stable`: an arm of this name is the stable one wherever it is. */
export function findSplits(rows: readonly ArmRow[], { stable }: { stable?: string | undefined } = {}): Split[] {
  const byUpstream = Map.groupBy(rows, row => JSON.stringify([row.route, row.request_model]))
  const byVersion = Map.groupBy(
    rows.filter(row => row.version !== ''),
    row => JSON.stringify([row.route, row.request_model, row.upstream]),
  )
  const splits = [
    ...[...byUpstream.values()].flatMap(own => splitOf(own, 'upstream', stable)),
    ...[...byVersion.values()].flatMap(own => splitOf(own, 'version', stable)),
  ]
  return splits.sort((a, b) => requestsOf(b) - requestsOf(a))
}

const requestsOf = ({ stable, others }: Split) => stable.requests + others.reduce((sum, arm) => sum + arm.requests, 0)

function splitOf(rows: readonly ArmRow[], by: Split['by'], named: string | undefined): Split[] {
  const [{ route, request_model, upstream }] = rows as [ArmRow]
  const all = rows.reduce((sum, row) => sum + row.requests, 0)
  const arms = [...Map.groupBy(rows, row => row[by])].map(([name, own]) => armOf(name, own)).filter(arm => isLarge(arm, all))
  const largest = arms.toSorted((a, b) => b.requests - a.requests)[0]
  if (largest === undefined || arms.length < 2) return []
  const first = arms.toSorted((a, b) => a.firstMs - b.firstMs)[0] as Arm
  const isEarlier = arms.every(arm => arm === first || arm.firstMs - first.firstMs >= EARLIER_MS)
  const stable = arms.find(arm => arm.name === named) ?? (isEarlier ? first : largest)
  const others = arms.filter(arm => arm !== stable && overlapMs(arm, stable) >= LEAST_MINUTES * MINUTE)
  return others.length === 0 ? [] : [{ by, route, request_model, upstream: by === 'version' ? upstream : '', stable, others }]
}

function armOf(name: string, rows: readonly ArmRow[]): Arm {
  return {
    name,
    requests: rows.reduce((sum, row) => sum + row.requests, 0),
    firstMs: Math.min(...rows.map(row => row.first_ms)),
    lastMs: Math.max(...rows.map(row => row.last_ms)),
    minutes: Math.max(...rows.map(row => row.minutes)),
  }
}

const isLarge = (arm: Arm, all: number) => arm.requests >= Math.max(LEAST_REQUESTS, LEAST_SHARE * all) && arm.minutes >= LEAST_MINUTES

const overlapMs = (a: Arm, b: Arm) => Math.min(a.lastMs, b.lastMs) - Math.max(a.firstMs, b.firstMs) + MINUTE
