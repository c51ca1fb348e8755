/**
 * Sources that are parked: what a source sends that sends nearly nothing but lines that are refused is kept aside, whole, until somebody
 * has mended the sender, or described its dialect, and takes it up again. The state is in ClickHouse, so that it outlives a restart and
 * all workers share it.
 */
import type { ClickHouse } from '../platform/clickhouse/client.ts'
import { readQuery } from '../platform/clickhouse/read-query.ts'
import type { Now } from '../platform/clock.ts'

/** A source that was parked at some time. */
export interface SourceState {
  source: string
  is_parked: boolean
  /** ISO 8601 UTC. */
  changed_at: string
  reason: string
  /** What waits to be taken up. */
  messages: number
  lines: number
  /** When the event log took the oldest of it; null: nothing waits. */
  oldest_received_at: string | null
}

/** How a source stands. */
export type SourceStanding = Pick<SourceState, 'source' | 'is_parked' | 'changed_at' | 'reason'>
type Waiting = Pick<SourceState, 'source' | 'messages' | 'lines' | 'oldest_received_at'>

const statesSql = readQuery(import.meta.url, 'source-states')
const waitingSql = readQuery(import.meta.url, 'parked-lines')
const columns = ['source', 'changed_at', 'is_parked', 'reason'] as const

/** Every source that was ever parked or of which something waits, by name. Rejects with ClickHouse's errors. */
export async function listSources(clickhouse: Pick<ClickHouse, 'query'>): Promise<SourceState[]> {
  const [states, waiting] = await Promise.all([clickhouse.query<SourceStanding>(statesSql), clickhouse.query<Waiting>(waitingSql)])
  const bySource = new Map(waiting.map(one => [one.source, one]))
  return states.map(state => ({ ...state, ...(bySource.get(state.source) ?? { messages: 0, lines: 0, oldest_received_at: null }) }))
}

/** Parks a source, or takes it up again; workers follow within seconds. `reason` is for people. Rejects with ClickHouse's errors. */
export async function changeSource(
  change: { source: string; isParked: boolean; reason: string },
  deps: { clickhouse: Pick<ClickHouse, 'insert'>; now: Now },
): Promise<void> {
  const { source, isParked, reason } = change
  await deps.clickhouse.insert('parked_sources', columns, [[source, deps.now(), isParked, reason.toWellFormed()]])
}

/** Which sources are parked, as a worker sees it. */
export interface ParkedSources {
  isParked(source: string): boolean
  /** Those that are, by name. */
  readonly names: readonly string[]
  /** Parks a source at once; others know of it after `save`. */
  park(source: string, reason: string): void
  /**
   * Writes what was parked since the last time, which must be before anything is acknowledged that was kept aside. Rejects with
   * ClickHouse's errors.
   */
  save(): Promise<void>
  /** Reads the state as it is now and gives it. Rejects with ClickHouse's errors: what was known still holds. */
  refresh(): Promise<readonly SourceStanding[]>
}

/** Builds the view with none parked; `refresh` reads those that are. */
export function buildParkedSources(deps: { clickhouse: Pick<ClickHouse, 'query' | 'insert'>; now: Now }): ParkedSources {
  let known: ReadonlySet<string> = new Set()
  const unsaved = new Map<string, string>()
  let saves = 0
  return {
    isParked: source => known.has(source) || unsaved.has(source),
    get names() {
      return [...known.union(unsaved)]
    },
    park: (source, reason) => void unsaved.set(source, reason),
    async save() {
      for (const [source, reason] of unsaved) {
        await changeSource({ source, isParked: true, reason }, deps)
        known = new Set([...known, source])
        unsaved.delete(source)
        saves += 1
      }
    },
    async refresh() {
      // What was saved meanwhile may be missing in the answer.
      for (;;) {
        const before = saves
        const states = await deps.clickhouse.query<SourceStanding>(statesSql)
        if (before !== saves) continue
        known = new Set(states.filter(state => state.is_parked).map(state => state.source))
        return states
      }
    },
  }
}
