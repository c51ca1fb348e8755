/** What the price fields of LiteLLM's price file mean. Field names as in `model_prices_and_context_window.json` of 2026-08-01. */
import { NOT_PRICES, OTHER_PRICE_KEYS, PRICE_KEYS, type PriceKey, type SkipReason } from './litellm-keys.ts'

/** A field name taken apart: the key of the table, its conditions, and what narrows a second (`above_8s`, `1080p`; '': nothing). */
export type FieldMeaning = { key: PriceKey; service_tier: string; min_input_tokens: number; narrowing: string }

const tiers: Readonly<Record<string, string>> = { batches: 'batch', flex: 'flex', priority: 'priority', ultrafast: 'ultrafast' }
const TIER = /_(batches|flex|priority|ultrafast)(?=$|_above_)/
const THRESHOLD = /_above_(\d+)(k?)_tokens/
const NARROWED_SECOND = /_(above_\d+s)_interval$|_(1080p)$/
const otherKeys = NOT_PRICES.map(key => new RegExp(`^${key.replaceAll('*', '.*')}$`))

/** What a field name prices, with its tier and threshold suffixes taken apart; undefined for a name that is not a known price. */
export function litellmField(name: string): FieldMeaning | undefined {
  const tier = TIER.exec(name)
  const threshold = THRESHOLD.exec(name)
  const narrowed = NARROWED_SECOND.exec(name)
  const base = name.replace(TIER, '').replace(THRESHOLD, '').replace(NARROWED_SECOND, '')
  if (!Object.hasOwn(PRICE_KEYS, base)) return undefined
  return {
    key: base as PriceKey,
    service_tier: tier?.[1] ? (tiers[tier[1]] ?? '') : '',
    min_input_tokens: threshold ? Number(threshold[1]) * (threshold[2] ? 1000 : 1) : 0,
    narrowing: narrowed?.[1] ?? narrowed?.[2] ?? '',
  }
}

/** Why a field of another kind gives no row. */
export function reasonNotAPrice(name: string): SkipReason {
  const [reason] = Object.hasOwn(OTHER_PRICE_KEYS, name) ? (OTHER_PRICE_KEYS[name] ?? []) : []
  if (reason === 'decides_another_key' || reason === 'priced_in_dbu') return reason
  if (otherKeys.some(key => key.test(name))) return 'not_a_price'
  return /cost|pricing|price|multiplier|surcharge|discount|billing/.test(name) ? 'unknown_price_field' : 'unknown_field'
}
