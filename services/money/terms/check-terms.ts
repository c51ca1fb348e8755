/** What the entries of the billing terms must be to each other. */
import { parseDecimal } from '../decimal.ts'
import type { RateTerm, Terms, Validity } from './terms.ts'
import type { Reading } from './yaml-reading.ts'

type Document = Omit<Terms, 'version'>
const ONE = parseDecimal('1')

/** Notes every contradiction at its entry. */
export function checkTerms(terms: Document, reading: Reading): void {
  checkUnique(terms.tenants, tenant => tenant.id, 'tenant', reading)
  checkUnique(terms.rate_cards, card => card.id, 'rate card', reading)
  checkUnique(terms.pools, pool => pool.pool, 'pool', reading)
  checkUnique(terms.shared_costs, shared => shared.id, 'shared cost', reading)
  checkUnique(terms.budgets, budget => budget.id, 'budget', reading)
  checkUnique(terms.exchange_rates, rate => `${rate.from} to ${rate.to} from ${timeText(rate.valid_from_ms)}`, 'exchange rate', reading)
  checkTenants(terms, reading)
  checkRateCards(terms, reading)
  checkPools(terms, reading)
  checkSharedCosts(terms, reading)
  const dated: readonly Validity[] = [
    ...terms.rate_cards.flatMap(card => [...card.terms, ...card.commitments]),
    ...terms.pools.flatMap(pool => [...pool.rates, ...pool.overheads, ...pool.reservations]),
    ...terms.shared_costs,
    ...terms.budgets,
  ]
  for (const entry of dated) {
    if (entry.valid_to_ms !== null && entry.valid_to_ms <= entry.valid_from_ms)
      reading.faultAt(entry, 'valid_to must be later than valid_from')
  }
  for (const rate of terms.exchange_rates) {
    if (rate.from === rate.to) reading.faultAt(rate, `an exchange rate from ${rate.from} to itself: expected two currencies`)
    if (rate.rate === 0n) reading.faultAt(rate, 'rate: 0 is no exchange rate')
  }
}

function checkUnique<T extends object>(entries: readonly T[], nameOf: (entry: T) => string, what: string, reading: Reading): void {
  const seen = new Set<string>()
  for (const entry of entries) {
    const name = nameOf(entry)
    if (seen.has(name)) reading.faultAt(entry, `${what} "${name}" is there twice: keep one of them`)
    seen.add(name)
  }
}

function checkTenants({ tenants, rate_cards }: Document, reading: Reading): void {
  const known = rate_cards.map(card => card.id)
  for (const tenant of tenants) {
    if (tenant.id.startsWith('__')) reading.faultAt(tenant, `tenant "${tenant.id}": names that begin with __ stand for costs of no tenant`)
    if (tenant.rate_card !== '' && !known.includes(tenant.rate_card))
      reading.faultAt(tenant, `rate_card "${tenant.rate_card}" is not under rate_cards; known are ${known.join(', ') || 'none'}`)
  }
}

function checkRateCards({ rate_cards }: Document, reading: Reading): void {
  for (const card of rate_cards) {
    checkUnique([...card.terms, ...card.commitments], entry => entry.id, `entry of rate card "${card.id}",`, reading)
    for (const term of card.terms) checkRateTerm(term, reading)
    for (const [index, term] of card.terms.entries()) {
      const hidden = card.terms.slice(0, index).find(earlier => hides(earlier, term))
      if (hidden) reading.faultAt(term, `"${term.id}" overlaps "${hidden.id}", which is for the same thing at the same time`)
    }
  }
}

function checkRateTerm(term: RateTerm, reading: Reading): void {
  const given = [term.discount, term.markup, term.unit_price].filter(value => value !== null)
  if (given.length !== 1) reading.faultAt(term, `"${term.id}": expected one of discount, markup and unit_price, found ${given.length}`)
  if (term.unit_price !== null && term.currency === '') reading.faultAt(term, `"${term.id}": currency is missing; a unit_price needs one`)
  if (term.unit_price === null && term.currency !== '')
    reading.faultAt(term, `"${term.id}": currency belongs to unit_price; leave it out of a discount or markup`)
}

function hides(a: RateTerm, b: RateTerm): boolean {
  return JSON.stringify(a.match) === JSON.stringify(b.match) && overlap(a, b)
}

function checkPools({ pools }: Document, reading: Reading): void {
  for (const pool of pools) {
    checkUnique(pool.rates, rate => rate.id, `rate of pool "${pool.pool}",`, reading)
    checkUnique(pool.overheads, overhead => overhead.id, `overhead of pool "${pool.pool}",`, reading)
    const open = pool.rates.filter(rate => rate.gpus === null)
    for (const [index, rate] of open.entries()) {
      const other = open.slice(0, index).find(earlier => overlap(earlier, rate))
      if (other) reading.faultAt(rate, `"${rate.id}" and "${other.id}" both pay for all other GPUs at the same time: give one of them gpus`)
    }
    const costs = [...pool.rates, ...pool.overheads]
    const mixed = costs.find(cost => cost.currency !== costs[0]?.currency)
    if (mixed)
      reading.faultAt(mixed, `"${mixed.id}" is in ${mixed.currency}, other costs of pool "${pool.pool}" in ${costs[0]?.currency}: use one`)
    if (pool.gpu_count === 'scheduled' && open.length > 0)
      reading.faultAt(open[0] as object, `"${open[0]?.id}": gpus is missing; a scheduled pool needs the number at every rate`)
    if (pool.weights.input + pool.weights.cached_input + pool.weights.output === 0n)
      reading.faultAt(pool.weights, 'weights: at least one must be above 0')
    if (pool.idle === 'owner' && pool.owner === '') reading.faultAt(pool, 'owner is missing; idle: owner needs one')
    if (pool.idle === 'reservations' && pool.reservations.length === 0)
      reading.faultAt(pool, 'reservations are missing; idle: reservations needs at least one')
  }
}

function checkSharedCosts({ shared_costs }: Document, reading: Reading): void {
  for (const shared of shared_costs) {
    const shares = Object.values(shared.shares)
    if (shared.rule === 'fixed') {
      if (shares.reduce((sum, share) => sum + share, 0n) !== ONE)
        reading.faultAt(shared, `"${shared.id}": shares of a fixed rule must sum to exactly 1`)
    } else if (shares.length > 0) reading.faultAt(shared, `"${shared.id}": shares belong to rule: fixed`)
  }
}

function overlap(a: Validity, b: Validity): boolean {
  return (a.valid_to_ms === null || b.valid_from_ms < a.valid_to_ms) && (b.valid_to_ms === null || a.valid_from_ms < b.valid_to_ms)
}

function timeText(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 16)
}
