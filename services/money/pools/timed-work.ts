/** The engines' seconds, which belong to a pool, → each tenant's. */
import { type Decimal, divide, parseDecimal } from '../decimal.ts'
import type { TenantWork } from './allocation.ts'

/** Work as attempts tell it. */
export type MeasuredWork = Omit<TenantWork, 'prefill_seconds' | 'decode_seconds'>

const ONE = parseDecimal('1')

/**
 * Gives each piece of work its part of the seconds that the pool's engines measured: of prefill by uncached input tokens, of decode by
 * output tokens. An engine does not know whose a request is; but what a prompt or an answer token costs on this pool in this period is
 * measured, not assumed. Without seconds, or where there are seconds of a kind and no tokens that explain them, all stay null.
 */
export function timedWork(
  work: readonly MeasuredWork[],
  { prefill_seconds, decode_seconds }: { prefill_seconds: Decimal | null; decode_seconds: Decimal | null },
): TenantWork[] {
  const prefill = partOf(work, 'uncached_input_tokens', prefill_seconds)
  const decode = partOf(work, 'output_tokens', decode_seconds)
  return work.map(one => ({
    ...one,
    prefill_seconds: prefill === null || decode === null ? null : prefill(one),
    decode_seconds: prefill === null || decode === null ? null : decode(one),
  }))
}

function partOf(work: readonly MeasuredWork[], tokens: 'uncached_input_tokens' | 'output_tokens', seconds: Decimal | null) {
  if (seconds === null) return null
  const all = work.reduce((sum, one) => sum + BigInt(one[tokens]), 0n)
  if (all === 0n) return seconds === 0n ? () => 0n : null
  return (one: MeasuredWork) => divide(seconds * BigInt(one[tokens]), ONE * all)
}
