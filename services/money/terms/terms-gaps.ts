/** What a right terms file leaves open: where the first request, or the first draft, would stumble. */
import { matchesPattern } from '../charges/match-charge.ts'
import type { PoolTerms, TenantTerms, Terms, Validity } from './terms.ts'

/** What is known beside the terms. */
export interface GapFacts {
  /** The time that the terms are held against, ms: what ended before is of no matter. */
  nowMs: number
  /** ISO 4217 of the list prices. */
  priceCurrencies: readonly string[]
  /** Pools whose metrics are read; undefined: not known, as of pods whose labels tell. */
  scrapedPools?: readonly string[] | undefined
}

type Document = Omit<Terms, 'version'>

/** A conversion that will be asked for: from when on (ms) and by what. */
interface Conversion {
  from: string
  to: string
  atMs: number
  by: string
}

/**
 * Sentences, each about one thing that is missing: exchange rates that charges, pools, shared costs, commitments or budgets will ask for;
 * pools whose use nobody reads; budgets that nothing can ever be held against. Empty: nothing is missing. Pure; in the order of the
 * document.
 */
export function termsGaps(terms: Document, facts: GapFacts): string[] {
  return [...missingRates(terms, facts), ...poolGaps(terms.pools, facts), ...budgetGaps(terms, facts.nowMs)]
}

function missingRates(terms: Document, facts: GapFacts): string[] {
  const needed = conversions(terms, facts).filter(({ from, to }) => from !== to)
  const missing = needed.filter(
    ({ from, to, atMs }) => !terms.exchange_rates.some(rate => rate.from === from && rate.to === to && rate.valid_from_ms <= atMs),
  )
  return [...Map.groupBy(missing, ({ from, to }) => `${from} to ${to}`)].map(([pair, uses]) => {
    const at = new Date(Math.min(...uses.map(({ atMs }) => atMs))).toISOString().slice(0, 10)
    const by = [...new Set(uses.map(use => use.by))]
    const more = by.length > 3 ? `, and ${by.length - 3} more` : ''
    return `exchange_rates: none from ${pair} in force on ${at}, asked for by ${by.slice(0, 3).join('; ')}${more}`
  })
}

function conversions(terms: Document, facts: GapFacts): Conversion[] {
  const { nowMs } = facts
  // A month's pools, shared costs and commitments are converted as of its start; days may lie west of UTC.
  const monthMs = Date.UTC(new Date(nowMs).getUTCFullYear(), new Date(nowMs).getUTCMonth(), 1)
  const found: Conversion[] = []
  const ask = (from: string, to: string, by: string, entry?: Validity) => {
    if (entry?.valid_to_ms != null && entry.valid_to_ms <= nowMs) return
    found.push({ from, to, by, atMs: Math.max(monthMs, entry?.valid_from_ms ?? 0) })
  }
  for (const tenant of bearersOf(terms)) askOfTenant(tenant, terms, facts, ask)
  for (const pool of terms.pools) {
    for (const cost of [...pool.rates, ...pool.overheads]) ask(cost.currency, terms.currency, `"${cost.id}" of pool "${pool.pool}"`, cost)
    if (pool.compare_with !== null)
      for (const currency of facts.priceCurrencies) ask(currency, terms.currency, `compare_with of pool "${pool.pool}"`)
  }
  for (const budget of terms.budgets) {
    const by = `budget "${budget.id}"`
    const members = bearersOf(terms).filter(tenant => isMember(budget.scope, tenant))
    for (const tenant of members) ask(tenant.currency, budget.currency, by, budget)
    if (terms.pools.length > 0 && budget.scope.route === '') ask(terms.currency, budget.currency, by, budget)
    for (const { currency } of members.flatMap(tenant => cardOf(tenant, terms)?.commitments ?? []))
      ask(currency, budget.currency, by, budget)
  }
  return found
}

function askOfTenant(
  tenant: TenantTerms,
  terms: Document,
  { priceCurrencies }: GapFacts,
  ask: (from: string, to: string, by: string, entry?: Validity) => void,
): void {
  const who = tenant.id === '' ? 'tenants that are not listed' : `tenant "${tenant.id}"`
  const card = cardOf(tenant, terms)
  for (const currency of priceCurrencies) ask(currency, tenant.currency, `list prices for ${who}`)
  for (const term of card?.terms ?? []) {
    if (term.unit_price === null) continue
    for (const currency of priceCurrencies) ask(term.currency, currency, `"${term.id}" of rate card "${card?.id}"`, term)
    ask(term.currency, tenant.currency, `"${term.id}" of rate card "${card?.id}" for ${who}`, term)
  }
  for (const one of card?.commitments ?? []) ask(one.currency, tenant.currency, `commitment "${one.id}" of ${who}`, one)
  for (const { pool } of terms.pools) ask(terms.currency, tenant.currency, `shares of pool "${pool}" for ${who}`)
  for (const shared of terms.shared_costs) {
    if (!bears(shared, tenant)) continue
    ask(shared.currency, tenant.currency, `shared cost "${shared.id}" for ${who}`, shared)
    if (shared.rule === 'proportional')
      ask(tenant.currency, shared.currency, `shared cost "${shared.id}", divided by what ${who} spent`, shared)
  }
}

/** Tenants that are listed, and one that stands for all others. */
function bearersOf({ tenants, currency, time_zone }: Document): TenantTerms[] {
  const other = { id: '', name: '', currency, time_zone, team: '', cost_centre: '', gl_code: '', tags: {}, rate_card: '' }
  return [...tenants, other]
}

function cardOf(tenant: TenantTerms, terms: Document) {
  return terms.rate_cards.find(({ id }) => id === tenant.rate_card)
}

function bears(shared: Document['shared_costs'][number], { id }: TenantTerms): boolean {
  if (shared.rule === 'fixed') return Object.hasOwn(shared.shares, id)
  return shared.tenants.length === 0 || shared.tenants.includes(id)
}

function poolGaps(pools: readonly PoolTerms[], { scrapedPools }: GapFacts): string[] {
  if (scrapedPools === undefined) return []
  return pools
    .filter(({ pool }) => !scrapedPools.includes(pool))
    .map(({ pool, gpu_count, rates }) => {
      const unpaid = gpu_count === 'measured' ? rates.filter(rate => rate.gpus === null).map(rate => `"${rate.id}"`) : []
      const nothing = unpaid.length > 0 ? `, and ${unpaid.join(', ')} would pay for no GPU` : ''
      const told = 'no target of WEIR_TARGETS_FILE has it as label, so that, unless its metrics are pushed, its hours are not measured'
      return `pool "${pool}": ${told} and stand on the statement of no tenant${nothing}`
    })
}

function budgetGaps(terms: Document, nowMs: number): string[] {
  return terms.budgets.flatMap(({ id, scope, valid_to_ms }) => {
    if (valid_to_ms !== null && valid_to_ms <= nowMs) return [`budget "${id}": it has ended`]
    // Teams stand in the terms alone; a tenant that is not listed may still come.
    if (scope.team !== '' && !terms.tenants.some(tenant => isMember(scope, tenant))) {
      const whose = scope.tenant_id === '' ? '' : ` and is "${scope.tenant_id}"`
      return [`budget "${id}": no tenant of the terms is of team "${scope.team}"${whose}, so nothing is ever held against it`]
    }
    return []
  })
}

function isMember(scope: Document['budgets'][number]['scope'], tenant: TenantTerms): boolean {
  if (tenant.id === '') return scope.team === '' && (scope.tenant_id === '' || scope.tenant_id.includes('*'))
  return matchesPattern(scope.tenant_id, tenant.id) && (scope.team === '' || matchesPattern(scope.team, tenant.team))
}
