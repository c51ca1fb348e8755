/**
 * How answers are scored: a family makes scenarios, each from a seed; a scenario is played through worker and settle into a database of its
 * own; the family asks its question there and holds the answer against the truth, which comes from the simulator's own state or
 * from playing the scenario again with something left out. Baselines (what people use today) are scored on the same scenarios.
 */
import type { SimulationConfig, SimulationOutput } from '../../../services/demo/simulation/run.ts'
import type { ClickHouse } from '../../../services/platform/clickhouse/client.ts'

/** What is played. */
export interface Play {
  readonly simulation: SimulationConfig
  /** Simulated minutes; what runs at their end is played to its end. */
  readonly minutes: number
  /** What happened, changed by hand before anybody sees it; the truth is then what this gives. */
  readonly edit?: (truth: SimulationOutput) => SimulationOutput
  /** Done to the empty, migrated database first: prices, terms. */
  readonly prepare?: (clickhouse: ClickHouse) => Promise<void>
  /** Which of what happened reaches Weir; everything unless told: half of the scrapes, all gateways but one. */
  readonly isSeen?: (what: { readonly source: string; readonly atMs: number; readonly kind: 'line' | 'scrape' }) => boolean
}

/** What was played: the truth, and the database that Weir made of what it saw. */
export interface Played extends Play {
  readonly seed: number
  readonly fromMs: number
  readonly toMs: number
  /** All that happened, whoever saw it. */
  readonly truth: SimulationOutput
  readonly clickhouse: ClickHouse
}

/**
 * One thing that was scored in a scenario. `by`: Weir, or a baseline by its name. `isRight`: right or wrong; else `value` is a figure of
 * which the median is told, in the unit that `score` names. Neither: nothing to score in this scenario (told as a count).
 */
export interface Score {
  readonly score: string
  readonly by: string
  readonly isRight?: boolean
  readonly value?: number
}

/** Scenarios of one kind. */
export interface Family {
  readonly name: string
  /** How many of them a run has unless told; SCENARIOS where it is absent. */
  readonly scenarios?: number
  /** Name of the question that is scored. */
  readonly question: string
  readonly build: (seed: number) => Play
  readonly score: (played: Played) => Promise<readonly Score[]>
}

/** Scenarios that no platform need be played for: what is scored is a pure function, and its input is made up with the truth beside it. */
export interface MadeUpFamily {
  readonly name: string
  readonly scenarios?: number
  /** Name of the question that is scored. */
  readonly question: string
  readonly judge: (seed: number) => readonly Score[]
}

/** Seeds that thresholds may be tuned on, and the first of those that count. The latter are never looked at while tuning. */
export const FIRST_SEED = { tuning: 1, scoring: 10_000 } as const

/** Scenarios of a family in a run that is not told otherwise. */
export const SCENARIOS = 10
