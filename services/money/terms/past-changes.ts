import { formatDecimal } from '../decimal.ts'
import type { Terms } from './terms.ts'

/**
 * Which entries decide amounts before `nowMs` differently in two versions, by section and name. Names, teams, tags and the like decide no
 * amount, budgets neither; everything else without dates (a tenant's currency, zone and rate card, a pool's rules) holds at all times.
 */
export function pastChanges(before: Terms, after: Terms, nowMs: number): string[] {
  const [old, young] = [deciding(before, nowMs), deciding(after, nowMs)]
  const names = new Set([...old.keys(), ...young.keys()])
  return [...names].filter(name => old.get(name) !== young.get(name)).sort()
}

/** Entries as texts, cut at `nowMs`: what begins later is left out, and what ends later is open. */
function deciding(terms: Terms, nowMs: number): Map<string, string> {
  const found = new Map<string, string>()
  const put = (name: string, value: object) => {
    const clipped = clip(value, nowMs)
    if (clipped !== undefined) found.set(name, JSON.stringify(clipped))
  }
  put('currency', { currency: terms.currency })
  put('time_zone', { time_zone: terms.time_zone })
  for (const rate of terms.exchange_rates)
    put(`exchange_rates ${rate.from} to ${rate.to} ${new Date(rate.valid_from_ms).toISOString()}`, rate)
  for (const { id, currency, time_zone, rate_card } of terms.tenants) {
    const isDefault = currency === terms.currency && time_zone === terms.time_zone && rate_card === ''
    if (!isDefault) put(`tenants ${id}`, { currency, time_zone, rate_card })
  }
  for (const card of terms.rate_cards) {
    const terms = card.terms.map(term => clip(term, nowMs)).filter(term => term !== undefined)
    // The first that matches decides, so their order does too.
    if (terms.length > 0) put(`rate_cards ${card.id} terms`, terms)
    for (const commitment of card.commitments) put(`rate_cards ${card.id} commitment ${commitment.id}`, commitment)
  }
  for (const { rates, overheads, reservations, ...rules } of terms.pools) {
    put(`pools ${rules.pool}`, rules)
    for (const rate of rates) put(`pools ${rules.pool} rate ${rate.id}`, rate)
    for (const overhead of overheads) put(`pools ${rules.pool} overhead ${overhead.id}`, overhead)
    for (const [index, kept] of reservations.entries()) put(`pools ${rules.pool} reservation ${kept.tenant_id} ${index}`, kept)
  }
  for (const { description: _description, ...shared } of terms.shared_costs) put(`shared_costs ${shared.id}`, shared)
  return found
}

function clip(value: object, nowMs: number): unknown {
  const { valid_from_ms, valid_to_ms } = value as { valid_from_ms?: number; valid_to_ms?: number | null }
  if (valid_from_ms !== undefined && valid_from_ms >= nowMs) return undefined
  const text = JSON.stringify(value, (_key, item) => (typeof item === 'bigint' ? formatDecimal(item) : item))
  const clipped = JSON.parse(text) as Record<string, unknown>
  if (typeof valid_to_ms === 'number' && valid_to_ms >= nowMs) clipped['valid_to_ms'] = null
  return clipped
}
