import { type BurnPair, budgetRatio, burnFactor, burnPairs } from './burn-pairs.ts'

/** Events of one thing in a window: all that count, and the bad ones. */
export interface Counted {
  readonly valid: number
  readonly bad: number
}

/** The objective that is judged. */
export interface Objective {
  /** Per cent of events that have to be good. */
  readonly objective: number
  readonly periodDays: number
  readonly severity: 'page' | 'ticket'
  /** Fewer bad events in the short window are no burn, whatever share they are: a lone error of a quiet hour. */
  readonly leastBad: number
  /** For how long there have been events, ms; unless told, for all of every window. */
  readonly seenMs?: number
}

/** The pair that burns fastest against its own factor. */
export interface Burn {
  /** The lower burn rate of both windows over the factor of the pair: above 1 it fires. */
  readonly value: number
  readonly pair: BurnPair
  readonly factor: number
  readonly longBurn: number
  readonly shortBurn: number
  readonly long: Counted
  readonly short: Counted
  /** Share of the period's budget that the long window has used. */
  readonly budgetUsed: number
}

/** Windows (ms) that the pairs of a severity need, the shortest first. */
export function windowsOf(severity: 'page' | 'ticket'): number[] {
  return burnPairs
    .filter(pair => pair.severity === severity)
    .flatMap(({ longMs, shortMs }) => [longMs, shortMs])
    .sort((one, other) => one - other)
}

/** Judges what was counted in each window. Undefined: nothing was valid in any long window. */
export function judgeBurn(countedIn: (windowMs: number) => Counted, at: Objective): Burn | undefined {
  const budget = budgetRatio(at.objective)
  const burns = burnPairs
    .filter(({ severity }) => severity === at.severity)
    .flatMap((pair): Burn[] => {
      const [long, short] = [countedIn(pair.longMs), countedIn(pair.shortMs)]
      if (long.valid === 0) return []
      const factor = burnFactor(pair, at.periodDays)
      const [longBurn, shortBurn] = [rateOf(long, budget), rateOf(short, budget)]
      const value = short.bad < at.leastBad ? 0 : (Math.min(longBurn, shortBurn) * lastedShare(pair, at)) / factor
      const budgetUsed = (longBurn * Math.min(pair.longMs, at.seenMs ?? pair.longMs)) / (at.periodDays * 86_400_000)
      return [{ value, pair, factor, longBurn, shortBurn, long, short, budgetUsed }]
    })
  return burns.reduce<Burn | undefined>((most, burn) => (most === undefined || burn.value > most.value ? burn : most), undefined)
}

/**
 * Share of a window of days for which there have been events: a budget that burned for half an hour is not gone as if it had burned for
 * three days. Windows of hours, that page, take a young service as it is: nobody waits a morning to be told that it is down.
 */
function lastedShare({ longMs, severity }: BurnPair, { seenMs = longMs }: Objective): number {
  return severity === 'page' ? 1 : Math.min(1, seenMs / longMs)
}

function rateOf({ valid, bad }: Counted, budget: number): number {
  return valid === 0 ? 0 : bad / valid / budget
}
