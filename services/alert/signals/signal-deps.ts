import type { Answer, Finding } from '../../answers/answer.ts'
import type { EgressPolicy } from '../../answers/egress/egress-policy.ts'
import type { EndOfModel } from '../../money/price-book/end-dates.ts'
import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import type { Readings } from '../reading.ts'
import type { ReadLag } from './reading-lag.ts'
import type { SettledMinutes } from './settled-minutes.ts'

/** What signals are read with. */
export interface SignalDeps {
  readonly clickhouse: ClickHouse
  /** Which providers whose traffic may go to; undefined: nothing is said. */
  readonly egressPolicy?: EgressPolicy | undefined
  /** Settled minutes with their versions, where they were looked up already. */
  readonly settled?: SettledMinutes | undefined
  /** Answers that were asked for already, by what was asked; undefined: each is asked anew. */
  readonly answers?: Map<string, Promise<Answer<Finding>>>
  /** How far behind the worker is; undefined: there is no event log (a replay). */
  readonly readLag?: ReadLag
  /** When models end; undefined: nobody says so. */
  readonly endOfModel?: EndOfModel
}

/** The moment of a reading, ms: the clock, and how far settling has come (null: nothing is settled). */
export interface ReadAt {
  readonly nowMs: number
  readonly settledUntilMs: number | null
}

/** Readings where nothing can be told. */
export function nothingKnown(settledUntilMs: number | null): Readings {
  return { settledUntilMs, isComplete: false, readings: [] }
}
