/** What a rule sees: one reading per thing that it watches (a tenant, a provider, a pool …). */

/** Text that names the thing: `{ tenant_id: 'acme', route: 'chat' }`. Values are never empty. */
export type Labels = Readonly<Record<string, string>>

/** A fact that words of an alert are filled with: text, a number in the unit that its name says, exact decimal text of money. */
export type Facts = Readonly<Record<string, string | number | null>>

/** The state of one thing as far as settling has come. */
export interface Reading {
  readonly labels: Labels
  /** What the rule's condition is held against, in the unit of its signal; null: it cannot be told (too few, missing). */
  readonly value: number | null
  /** What was counted, where `value` is a ratio: its upper part. A rule's least_value is held against it. */
  readonly count?: number
  /** How many requests, attempts, lines or readings it is taken over. */
  readonly sample: number
  /** What was found in words, where the signal has some (sentences of answers). */
  readonly sentence?: string
  readonly facts: Facts
}

/**
 * All readings of a signal at one moment. What a rule watched before and is missing here counts as fine when `isComplete`, else as not
 * known. `settledUntilMs`: the readings hold up to here (ms); null: nothing is settled.
 */
export interface Readings {
  readonly settledUntilMs: number | null
  readonly isComplete: boolean
  readonly readings: readonly Reading[]
}
