import { quantile } from 'simple-statistics'
import { add, type Decimal, formatDecimal } from '../../money/decimal.ts'
import { preciseText } from '../../money/statements/money-text.ts'
import type { Answer, Confidence, Finding } from '../answer.ts'
import { countInWords } from '../in-words.ts'
import type { Asked } from '../question.ts'
import { isoTime, type SettledUntil } from '../settled-until.ts'
import { type CacheSums, couldHaveSaved } from './cache-savings.ts'

/** What caches did for a tenant's model. Amounts are decimal texts in `currency`. */
export interface CacheFinding extends Finding {
  readonly tenant_id: string
  readonly model: string
  readonly currency: string
  readonly input_tokens: number
  readonly cached_share: number
  readonly written_share: number
  readonly saved: string
  readonly read_saving: string
  readonly write_surcharge: string
  readonly best_share: number | null
  readonly could_have_saved: string | null
  readonly response_cache_hits: number
  readonly response_cache_saved: string
}

/** Answers out of the gateways' caches, and what they would have cost, by tenant, model and currency. */
export interface ResponseSavings extends Pick<CacheSums, 'tenant_id' | 'model' | 'currency'> {
  readonly hits: number
  readonly saved: Decimal
}

/** What is known of a period. */
export interface CachesKnown {
  readonly sums: readonly CacheSums[]
  readonly responses: readonly ResponseSavings[]
  /** Hit shares of single days, by tenant and model. */
  readonly sharesOf: (tenant_id: string, model: string) => readonly number[]
  readonly requests: number
  /** Tokens read from prompt caches, those of pools and those without a price included. */
  readonly cachedTokens: number
  readonly settled: SettledUntil
}

/** The hit share that a tenant's own good days reach: one day of ten is better. */
const BEST_QUANTILE = 0.9
/** Fewer days than this tell no best share. */
const LEAST_DAYS = 5
/** Findings told. */
const MOST_FINDINGS = 100

/** What caches saved and could have → the answer, the largest saving or miss first. A pure function. */
export function explainCaches(known: CachesKnown, asked: Pick<Asked, 'fromMs' | 'toMs'>): Answer<CacheFinding> {
  const { settled, requests } = known
  const all = findingsOf(known)
  const findings = all.filter(
    ({ cached_share, written_share, response_cache_hits }) => cached_share + written_share + response_cache_hits > 0,
  )
  const isEmpty = settled.untilMs === null
  const isUnpriced = known.sums.some(({ unpriced }) => unpriced > 0n)
  const untold = findings.filter(({ best_share }) => best_share === null).length
  return {
    question: 'caches',
    from: isoTime(asked.fromMs),
    to: isoTime(asked.toMs),
    settled_until: isoTime(settled.untilMs),
    sentence: isEmpty ? 'Nothing is settled in this period.' : sentenceOf(findings, known.cachedTokens),
    confidence: isEmpty ? 'cannot tell' : isUnpriced ? 'medium' : 'high',
    findings: isEmpty ? [] : findings.slice(0, MOST_FINDINGS),
    sample: { requests, minutes: settled.windows },
    coverage: null,
    missing: [
      ...(isEmpty ? ['settled minutes'] : []),
      ...(isUnpriced ? ['a price of some cached tokens, or of the same tokens uncached'] : []),
      ...(untold > 0 ? [`${LEAST_DAYS} days with prompts, to know the best usual hit share of ${untold} of them`] : []),
    ],
    is_calm: true,
    would_change: findings.length === 0 ? null : 'prompts that begin alike, sent within the lifetime of the cache',
    method: 'caches',
  }
}

function findingsOf({ sums, responses, sharesOf }: CachesKnown): CacheFinding[] {
  const names = new Map<string, Pick<CacheSums, 'tenant_id' | 'model' | 'currency'>>()
  const nameOf = ({ tenant_id, model, currency }: Pick<CacheSums, 'tenant_id' | 'model' | 'currency'>) =>
    JSON.stringify([tenant_id, model, currency])
  for (const one of [...sums, ...responses]) names.set(nameOf(one), one)
  const sumsOf = new Map(sums.map(one => [nameOf(one), one]))
  const responsesOf = new Map(responses.map(one => [nameOf(one), one]))
  const worth = ({ saved, could_have_saved, response_cache_saved }: CacheFinding) =>
    Math.abs(Number(saved)) + Number(could_have_saved ?? 0) + Number(response_cache_saved)
  return [...names]
    .map(([name, key]) => findingOf({ ...NO_SUMS, ...key, ...sumsOf.get(name) }, responsesOf.get(name), sharesOf(key.tenant_id, key.model)))
    .sort((a, b) => worth(b) - worth(a) || (a.tenant_id + a.model < b.tenant_id + b.model ? -1 : 1))
}

const NO_SUMS = { input: 0n, cached: 0n, written: 0n, read_saving: 0n, write_surcharge: 0n, unpriced: 0n }

function findingOf(sums: CacheSums, response: ResponseSavings | undefined, shares: readonly number[]): CacheFinding {
  const { tenant_id, model, currency, input, cached, written, read_saving, write_surcharge, unpriced } = sums
  const best_share = shares.length < LEAST_DAYS ? null : quantile([...shares], BEST_QUANTILE)
  const couldHave = best_share === null ? null : couldHaveSaved(sums, best_share)
  const confidence: Confidence = unpriced > 0n ? 'medium' : 'high'
  const figures = {
    ...{ tenant_id, model, currency, input_tokens: Number(input / 10n ** 18n) },
    cached_share: shareOf(cached, input),
    written_share: shareOf(written, input),
    saved: formatDecimal(read_saving - write_surcharge),
    read_saving: formatDecimal(read_saving),
    write_surcharge: formatDecimal(write_surcharge),
    best_share: best_share === null ? null : Number(best_share.toFixed(4)),
    could_have_saved: couldHave === null ? null : formatDecimal(couldHave),
    response_cache_hits: response?.hits ?? 0,
    response_cache_saved: formatDecimal(response?.saved ?? 0n),
  }
  const money = (amount: Decimal) => `${preciseText(amount, currency)} ${currency}`
  const parts = [
    `${percent(figures.cached_share)} of ${figures.input_tokens} prompt tokens from a cache saved ${money(read_saving - write_surcharge)}`,
    ...(write_surcharge === 0n ? [] : [`after ${money(write_surcharge)} for writing`]),
    ...(couldHave === null || couldHave === 0n ? [] : [`${money(couldHave)} more at its own best share of ${percent(best_share ?? 0)}`]),
    ...(response === undefined ? [] : [`${response.hits} answers out of the gateway’s cache saved about ${money(response.saved)}`]),
  ]
  return { sentence: `${tenant_id}, ${model || '(no model)'}: ${parts.join(', ')}.`, confidence, ...figures }
}

function sentenceOf(findings: readonly CacheFinding[], cachedTokens: number): string {
  if (findings.length === 0 && cachedTokens > 0)
    return `${countInWords(cachedTokens)} tokens were read from caches, none with a price by the token: what that saved has no figure.`
  if (findings.length === 0) return 'Nothing was read from a cache, and none was written.'
  const sums = [...Map.groupBy(findings, ({ currency }) => currency)].map(([currency, of]) => {
    const total = (name: 'saved' | 'could_have_saved' | 'response_cache_saved') =>
      add(...of.map(one => BigInt(Math.round(Number(one[name] ?? 0) * 1e9)) * 10n ** 9n))
    const responses = total('response_cache_saved')
    const extra = responses === 0n ? '' : ` and the gateways’ about ${preciseText(responses, currency)}`
    const missed = total('could_have_saved')
    const more = missed === 0n ? '' : `; ${preciseText(missed, currency)} more at each tenant’s own best share`
    return `Prompt caches saved ${preciseText(total('saved'), currency)}${extra} ${currency}${more}`
  })
  return `${sums.join('. ')}.`
}

function shareOf(part: Decimal, whole: Decimal): number {
  return whole === 0n ? 0 : Number((part * 1_000_000n) / whole) / 1_000_000
}

const percent = (share: number) => `${(share * 100).toFixed(1)} %`
