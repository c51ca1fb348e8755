/** Charges → what prompt caches saved, by tenant and model. Pure functions. */
import type { Charge } from '../../money/charges/charge.ts'
import { type Decimal, divide, multiply, parseDecimal } from '../../money/decimal.ts'
import type { PriceBook } from '../../money/price-book/resolve.ts'
import type { Terms } from '../../money/terms/terms.ts'
import { asOtherKind } from './price-of-other-kind.ts'

/** Sums of a tenant's model; amounts in `currency`, quantities in tokens (Decimal). */
export interface CacheSums {
  readonly tenant_id: string
  readonly model: string
  readonly currency: string
  input: Decimal
  cached: Decimal
  written: Decimal
  /** What the cached tokens would have cost uncached, beyond what they cost. */
  read_saving: Decimal
  /** What the written tokens cost beyond what they would have cost unwritten. */
  write_surcharge: Decimal
  /** Tokens of caches whose other price nobody knows. */
  unpriced: Decimal
}

/** Kinds of a prompt's text, and as which kind they would have been charged without a cache; null: they are. */
const WITHOUT_CACHE: Readonly<Record<string, 'input' | 'audio_input' | null>> = {
  input: null,
  audio_input: null,
  cached_input: 'input',
  cached_audio_input: 'audio_input',
  cache_write: 'input',
  cache_write_1h: 'input',
}

/** What caches of prompts saved. Read and written apart, so that a cache that costs more than it saves is seen. */
export function cacheSavings(charges: readonly Charge[], deps: { book: PriceBook; terms: Terms }): CacheSums[] {
  const found = new Map<string, CacheSums>()
  for (const charge of charges) {
    const uncached = WITHOUT_CACHE[charge.token_kind]
    if (uncached === undefined || charge.upstream_kind !== 'provider') continue
    const sums = sumsOf(charge, found)
    sums.input += charge.quantity
    if (uncached === null) continue
    const other = asOtherKind(charge, uncached, deps)
    const isRead = charge.token_kind.startsWith('cached')
    if (isRead) sums.cached += charge.quantity
    else sums.written += charge.quantity
    if (other === undefined) sums.unpriced += charge.quantity
    else if (isRead) sums.read_saving += other.effective_cost - charge.effective_cost
    else sums.write_surcharge += charge.effective_cost - other.effective_cost
  }
  return [...found.values()]
}

function sumsOf(charge: Charge, found: Map<string, CacheSums>): CacheSums {
  const key = { tenant_id: charge.tenant_id, model: charge.response_model || charge.request_model, currency: charge.currency }
  const name = JSON.stringify(Object.values(key))
  const sums = found.get(name) ?? { ...key, ...{ input: 0n, cached: 0n, written: 0n, read_saving: 0n, write_surcharge: 0n, unpriced: 0n } }
  found.set(name, sums)
  return sums
}

/**
 * What a hit share of `best` (0 to 1) instead of the present one would have saved more: the missing tokens at the saving of a token that
 * was read. 0 where the present share is as good; null where nothing was read, so that no saving of a token is known.
 */
export function couldHaveSaved({ input, cached, read_saving }: CacheSums, best: number): Decimal | null {
  if (cached === 0n) return null
  const missing = multiply(input, parseDecimal(best.toFixed(9))) - cached
  return missing <= 0n ? 0n : divide(multiply(missing, read_saving), cached)
}
