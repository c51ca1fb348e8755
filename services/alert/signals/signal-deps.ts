import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import type { Readings } from '../reading.ts'
import type { Slo } from './slo/slo.ts'

/** What signals are read with. */
export interface SignalDeps {
  readonly clickhouse: ClickHouse
  /** Objectives of the rule files; none unless told. */
  readonly slos?: readonly Slo[]
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
