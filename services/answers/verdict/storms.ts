import { MINUTE } from '../../platform/clock.ts'
import { type ResilienceMinute, total } from './minutes.ts'
import { type RepeatRow, type Resender, resenderOf, resendsOf } from './resends.ts'
import { type Shares, SLOT_MS, type Slot, sharesOf, slotsOf, usualOf } from './ten-seconds.ts'

/** Retries that grow while fewer answers come out. */
export interface Storm {
  readonly route: string
  /** The policy of most of its further attempts; empty: none makes any. */
  readonly policy: string
  /** Start of its first ten seconds and end of its last ones, ms. */
  readonly from_ms: number
  readonly until_ms: number
  /** Attempts for each thing asked for once, in its worst half minute, and as usual. */
  readonly amplification: number
  readonly usual_amplification: number
  /** Share of them answered then, and as usual. */
  readonly success: number
  readonly usual_success: number
  /** gateway: it makes further attempts; clients: they send again what failed. */
  readonly origin: 'gateway' | 'clients'
  /** Further attempts of the gateway, and requests that clients sent again, in all of it. */
  readonly further_attempts: number
  readonly resends: number
  /** Who sends most again; null: nobody does. */
  readonly resender: Resender | null
}

/** Retries for each request from which half a minute may be one of a storm: the retry budgets of Envoy and Linkerd are a fifth. */
const LEAST_RETRIES = 0.2
const TIMES_USUAL = 3
/** Requests of half a minute under which its shares are left to chance. */
const LEAST_REQUESTS = 20
/** Answers have to fall by a tenth of what is usual: retries that save what failed are none. */
const LESS_SUCCESS = 0.9
/** Slots that are looked at together, and how many of them have to be stormy each by itself: ten bad seconds are no storm. */
const SLOTS = 3
const LEAST_SLOTS = 2
/**
 * What began in the last minute has not all ended: what fails at once is seen first. Such slots count where half as many requests as usual
 * are there.
 */
const LEAST_SEEN = 0.5
const OPEN_MS = MINUTE
/** Two stormy stretches so near to each other are one storm. */
const GAP_MS = 2 * MINUTE

/**
 * Storms of the routes, in order of their starts. `rows`: of the period and the time before it. `repeats`: of the routes that answer less
 * than usual (see fallenRoutes); without them only what the gateways do is seen.
 */
export function findStorms(rows: readonly ResilienceMinute[], repeats: readonly RepeatRow[], fromMs: number): Storm[] {
  const endMs = endOf(rows)
  const storms = [...Map.groupBy(rows, row => row.route)].flatMap(([route, own]) => {
    const slots = slotsOf(own, resendsOf(route, repeats))
    const usual = usualOf(slots)
    const stormy = slots.flatMap((slot, index) => {
      const some = slots.slice(index, index + SLOTS)
      return slot.at_ms >= fromMs && isStormy(some, usual, endMs) ? [some] : []
    })
    return runsOf(stormy).map(run => stormOf({ route, own, repeats, usual }, run))
  })
  return storms.sort((a, b) => a.from_ms - b.from_ms || (a.route < b.route ? -1 : 1))
}

/**
 * Routes that answer less than usual for a while in the period, and from when to when, ms: clients may be sending again what fails there.
 */
export function fallenRoutes(rows: readonly ResilienceMinute[], fromMs: number): { route: string; fromMs: number; toMs: number }[] {
  return [...Map.groupBy(rows, row => row.route)].flatMap(([route, own]) => {
    const slots = slotsOf(own, [])
    const usual = usualOf(slots)
    const fallen = slots.filter((slot, index) => {
      const shares = sharesOf(slots.slice(index, index + SLOTS))
      return slot.at_ms >= fromMs && shares.requests >= LEAST_REQUESTS && shares.success < LESS_SUCCESS * usual.success
    })
    const [first, last] = [fallen[0], fallen.at(-1)]
    return first === undefined || last === undefined ? [] : [{ route, fromMs: first.at_ms, toMs: last.at_ms + SLOTS * SLOT_MS }]
  })
}

type Usual = ReturnType<typeof usualOf>

const isRaised = ({ retries, success }: Shares, usual: Usual) =>
  retries > Math.max(LEAST_RETRIES, TIMES_USUAL * usual.retries) && success < LESS_SUCCESS * usual.success

function isStormy(some: readonly Slot[], usual: Usual, endMs: number): boolean {
  const shares = sharesOf(some)
  const isOpen = (some.at(-1)?.at_ms ?? 0) + OPEN_MS > endMs
  if (shares.requests < LEAST_REQUESTS || (isOpen && shares.requests < LEAST_SEEN * some.length * usual.requests)) return false
  const raised = some.filter(slot => slot.requests > 0 && isRaised(sharesOf([slot]), usual))
  return some[0] === raised[0] && raised.length >= LEAST_SLOTS && isRaised(shares, usual)
}

/** End of the last ten seconds in which something began, on whatever route. */
function endOf(rows: readonly ResilienceMinute[]): number {
  const lastOf = ({ requests_by_10s }: ResilienceMinute) =>
    requests_by_10s.length === 0 ? MINUTE : SLOT_MS * (1 + requests_by_10s.findLastIndex(count => count > 0))
  const ends = rows.map(row => row.at_ms + lastOf(row))
  return ends.reduce((last, end) => Math.max(last, end), 0)
}

/** Stretches that overlap or are near to each other. */
function runsOf(stretches: readonly (readonly Slot[])[]): (readonly Slot[])[][] {
  const runs: (readonly Slot[])[][] = []
  for (const stretch of stretches) {
    const last = runs.at(-1)?.at(-1)?.at(-1)
    const isNear = last !== undefined && (stretch[0]?.at_ms ?? 0) - last.at_ms <= GAP_MS
    if (isNear) runs.at(-1)?.push(stretch)
    else runs.push([stretch])
  }
  return runs
}

interface Route {
  readonly route: string
  readonly own: readonly ResilienceMinute[]
  readonly repeats: readonly RepeatRow[]
  readonly usual: Usual
}

function stormOf({ route, own, repeats, usual }: Route, run: readonly (readonly Slot[])[]): Storm {
  const worst = run.map(sharesOf).reduce((most, one) => (one.retries > most.retries ? one : most))
  const slots = [...new Map(run.flat().map(slot => [slot.at_ms, slot])).values()]
  const sum = (of: (slot: Slot) => number) => slots.reduce((all, slot) => all + of(slot), 0)
  const [from_ms, until_ms] = [slots[0]?.at_ms ?? 0, (slots.at(-1)?.at_ms ?? 0) + SLOT_MS]
  const [further, resends] = [sum(slot => slot.attempts - slot.requests), sum(slot => slot.resends)]
  return {
    route,
    policy: policyOf(own.filter(row => row.at_ms + MINUTE > from_ms && row.at_ms < until_ms)),
    from_ms,
    until_ms,
    amplification: 1 + worst.retries,
    usual_amplification: 1 + usual.retries,
    success: worst.success,
    usual_success: usual.success,
    origin: resends > further ? 'clients' : 'gateway',
    further_attempts: Math.round(further),
    resends: Math.round(resends),
    resender: resenderOf(route, repeats, { fromMs: from_ms, toMs: until_ms }) ?? null,
  }
}

/** The policy with most further attempts. */
function policyOf(rows: readonly ResilienceMinute[]): string {
  const further = [...Map.groupBy(rows, row => row.policy)].map(([policy, own]) => ({
    policy,
    attempts: total(own, 'attempts_reported') - total(own, 'requests'),
  }))
  further.sort((a, b) => b.attempts - a.attempts || (a.policy < b.policy ? -1 : 1))
  return further[0] !== undefined && further[0].attempts > 0 ? further[0].policy : ''
}
