/** How much each tenant's work weighs when a pool's busy time is divided. */
import { add, type Decimal, multiplyByCount, parseDecimal } from '../decimal.ts'
import type { PoolTerms } from '../terms/terms.ts'
import type { TenantWork } from './allocation.ts'

/**
 * Work of a token of each kind relative to an uncached input token. Output 4 and cached input 0.1 are the medians of the ratios of list
 * prices over the chat models of LiteLLM's price list (of 2026-08-01: output to input 1/4/6 and cached to input 0.1/0.1/0.5 at the 10th,
 * 50th and 90th percentile), the market's own estimate of what they take. A single pair of weights is a convention: prefill is bound by
 * compute and decode by memory (see docs/pools.md).
 */
export const DEFAULT_WEIGHTS: PoolTerms['weights'] = {
  input: parseDecimal('1'),
  cached_input: parseDecimal('0.1'),
  output: parseDecimal('4'),
}

/** The work of a tenant with a model; the weights of a period have one common scale. */
export interface WeighedWork {
  tenant_id: string
  model: string
  weight: bigint
}

/**
 * Weights by tokens, or by measured seconds where the terms ask for it and all of the period's work has them. Rows of one tenant and model
 * are added up. PRICE_INVALID for a token count that is not a whole number of zero or more.
 */
export function weighWork(work: readonly TenantWork[], terms: Pick<PoolTerms, 'split_by' | 'weights'>): WeighedWork[] {
  const weigh = terms.split_by === 'time' && work.length > 0 && work.every(isTimed) ? secondsOf : (one: TenantWork) => tokensOf(one, terms)
  const byKey = new Map<string, WeighedWork>()
  for (const one of work) {
    const { tenant_id, model } = one
    const key = JSON.stringify([tenant_id, model])
    byKey.set(key, { tenant_id, model, weight: add(byKey.get(key)?.weight ?? 0n, weigh(one)) })
  }
  return [...byKey.values()]
}

function isTimed(work: TenantWork): boolean {
  return work.prefill_seconds !== null && work.decode_seconds !== null
}

function secondsOf({ prefill_seconds, decode_seconds }: TenantWork): Decimal {
  return add(prefill_seconds ?? 0n, decode_seconds ?? 0n)
}

function tokensOf(work: TenantWork, { weights }: Pick<PoolTerms, 'weights'>): Decimal {
  return add(
    multiplyByCount(weights.input, work.uncached_input_tokens),
    multiplyByCount(weights.cached_input, work.cached_input_tokens),
    multiplyByCount(weights.output, work.output_tokens),
  )
}
