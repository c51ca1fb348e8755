import type { ChargeMatch } from '../terms/terms.ts'
import type { ChargeQuantity } from './charge.ts'

/** What of a charge an agreement may name. */
export type Matchable = Pick<ChargeQuantity, 'upstream' | 'request_model' | 'response_model' | 'price_key' | 'token_kind' | 'service_tier'>

/**
 * Whether an agreed price or commitment is for this charge: `*` stands for any text, an empty pattern for everything. A model pattern is
 * held against the model that answered (the one asked for where none did) and against its key in the price book.
 */
export function matchesCharge(match: ChargeMatch, charge: Matchable): boolean {
  return (
    matchesPattern(match.provider, charge.upstream) &&
    (matchesPattern(match.model, charge.response_model || charge.request_model) || matchesPattern(match.model, charge.price_key)) &&
    matchesPattern(match.token_kind, charge.token_kind) &&
    matchesPattern(match.service_tier, charge.service_tier)
  )
}

/** Whether a value fits a pattern of the terms: `*` stands for any text, an empty pattern for everything. */
export function matchesPattern(pattern: string, value: string): boolean {
  if (pattern === '' || pattern === value) return true
  const [first = '', ...parts] = pattern.split('*')
  const last = parts.pop()
  if (last === undefined || !value.startsWith(first) || !value.endsWith(last)) return false
  let at = first.length
  for (const part of parts) {
    const found = value.indexOf(part, at)
    if (found === -1) return false
    at = found + part.length
  }
  return at <= value.length - last.length
}
