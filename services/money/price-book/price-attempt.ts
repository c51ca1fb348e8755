/** The reference for what one attempt costs; the settling query does the same in SQL and is tested against this. */
import { BILLED_UNITS, type BilledUnitName, isBilledUnit, readBilledUnits } from '../../../schemas/billed-units.ts'
import { add, type Decimal, formatDecimal, multiply, multiplyByCount, parseDecimal } from '../decimal.ts'
import { isBilledByUnit, type PriceBand } from './price-bands.ts'
import type { BandKind } from './price-row.ts'

/**
 * The columns of an attempt that decide its cost. Input includes cached, written, audio and image tokens, output reasoning, audio and
 * image tokens.
 */
export type AttemptUsage = {
  /** ms since 1970 UTC */
  started_at: number
  input_tokens: number
  cached_input_tokens: number
  cache_write_tokens: number
  /** Part of `cache_write_tokens`. */
  cache_write_1h_tokens: number
  output_tokens: number
  reasoning_tokens: number
  /** Absent as 0, like the four below; includes the next one. */
  audio_input_tokens?: number
  /** Part of `cached_input_tokens`. */
  cached_audio_input_tokens?: number
  audio_output_tokens?: number
  image_input_tokens?: number
  image_output_tokens?: number
  /** As in an attempt; absent: none. */
  billed_units?: string
  /** Absent: ok. What failed is no request that is paid for, and owes no quantity that it does not tell. */
  outcome?: string
}

/** Exact costs as decimal text; `total` is the sum of the six parts. */
export type PricedAttempt = {
  is_priced: true
  /** Input that was neither read from nor written to a cache, audio and images included. */
  input_cost: string
  cached_input_cost: string
  cache_write_cost: string
  /** Output without reasoning, audio and images included. */
  output_cost: string
  reasoning_cost: string
  /** What is billed beside tokens: images, seconds, searches, requests, … */
  unit_cost: string
  total: string
  /** Tokens of kinds without a price: in no part of the total, and not free. */
  unpriced_tokens: number
  /** Units told that have no price, and units owed that are not told (''): in no part of the total, and not free. */
  unpriced_units: string[]
  currency: string
  price_key: string
  price_version: number
  band: PriceBand
}

/**
 * `no_price`: the model is not in the book. `not_in_force`: no price at that time. `no_price_of_kind`: none for any kind it used.
 * `quantity_not_told`: the model is billed by a unit of which the attempt tells nothing.
 */
export type UnpricedAttempt = {
  is_priced: false
  reason: 'no_price' | 'not_in_force' | 'no_price_of_kind' | 'quantity_not_told'
  unpriced_tokens: number
  unpriced_units: string[]
}

/**
 * The price in force at `started_at`, of the highest threshold that this attempt's own `input_tokens` reach, for all its tokens and units.
 * Parts that exceed their whole (contradictory usage) are charged as told; the rest of the whole is then zero, never negative.
 */
export function priceAttempt(usage: AttemptUsage, bands: readonly PriceBand[]): PricedAttempt | UnpricedAttempt {
  const allTokens = usage.input_tokens + usage.output_tokens
  const told = readBilledUnits(usage.billed_units ?? '')
  const nothing = { is_priced: false as const, unpriced_tokens: allTokens, unpriced_units: [...told.keys()] }
  if (bands.length === 0) return { ...nothing, reason: 'no_price' }
  const band = bandFor(usage, bands)
  if (!band) return { ...nothing, reason: 'not_in_force' }
  const counts = countsByKind(usage)
  const used = Object.entries(counts).filter(([, count]) => count > 0) as [AppliedKind, number][]
  const units = unitsOf({ isOk: (usage.outcome ?? 'ok') === 'ok', hasTokens: used.length > 0, told }, band)
  const unpriced = units.coversTokens ? [] : used.filter(([kind]) => band.prices[kind] === null)
  const unpriced_tokens = unpriced.reduce((sum, [, count]) => sum + count, 0)
  const isNothingPriced = unpriced.length === used.length && units.priced.length === 0
  if (units.unpriced.includes('') && isNothingPriced && used.length === 0)
    return { is_priced: false, reason: 'quantity_not_told', unpriced_tokens, unpriced_units: units.unpriced }
  if (isNothingPriced && unpriced.length + units.unpriced.length > 0)
    return { is_priced: false, reason: 'no_price_of_kind', unpriced_tokens, unpriced_units: units.unpriced }
  const costOf = (kind: AppliedKind): Decimal => multiplyByCount(parseDecimal(band.prices[kind] ?? '0'), counts[kind])
  const parts = {
    input_cost: add(costOf('input'), costOf('audio_input'), costOf('image_input')),
    cached_input_cost: add(costOf('cached_input'), costOf('cached_audio_input')),
    cache_write_cost: add(costOf('cache_write'), costOf('cache_write_1h')),
    output_cost: add(costOf('output'), costOf('audio_output'), costOf('image_output')),
    reasoning_cost: costOf('reasoning'),
    unit_cost: add(...units.priced.map(({ price, quantity }) => multiply(price, quantity))),
  }
  return {
    is_priced: true,
    ...(Object.fromEntries(Object.entries(parts).map(([part, cost]) => [part, formatDecimal(cost)])) as Record<keyof typeof parts, string>),
    total: formatDecimal(add(...Object.values(parts))),
    unpriced_tokens,
    unpriced_units: units.unpriced,
    currency: band.currency,
    price_key: band.price_key,
    price_version: band.price_version,
    band,
  }
}

/** What an attempt used, by meter as charges name it: tokens of each kind that it has, and the units that it tells. */
export function quantitiesOf(usage: AttemptUsage): Readonly<Record<string, number>> {
  const tokens = Object.entries(countsByKind(usage)).filter(([, count]) => count > 0)
  const units = [...readBilledUnits(usage.billed_units ?? '')].map(([name, quantity]) => [name, Number(quantity)] as const)
  return Object.fromEntries([...tokens, ...units])
}

/** What an attempt tells of units; `hasTokens`: and of tokens. */
interface Told {
  isOk: boolean
  hasTokens: boolean
  told: ReadonlyMap<string, string>
}

/** What an attempt owes by the unit. */
interface Units {
  priced: { price: Decimal; quantity: Decimal }[]
  /** Names told and without a price; '': what the model is billed by is not told. */
  unpriced: string[]
  /** A unit measures the work, so that tokens without a price are the same work measured again. */
  coversTokens: boolean
}

function unitsOf({ isOk, hasTokens, told }: Told, band: PriceBand): Units {
  const isWork = (name: string) => isBilledUnit(name) && BILLED_UNITS[name].isWork
  const priceOf = (name: string) => band.unit_prices[name as BilledUnitName]
  const owed = new Map(told)
  if (isOk && priceOf('request') !== undefined) owed.set('request', '1')
  const priced = [...owed].flatMap(([name, quantity]) => {
    const price = priceOf(name)
    return price === undefined ? [] : [{ price: parseDecimal(price), quantity: parseDecimal(quantity) }]
  })
  // Work told in units and in tokens, and priced by the token alone, is billed by the token.
  const unpriced = [...told.keys()].filter(name => priceOf(name) === undefined && !(isWork(name) && hasTokens))
  const tellsWork = [...told.keys()].some(isWork)
  if (isOk && !hasTokens && !tellsWork && isBilledByUnit(band)) unpriced.push('')
  const isByRequest = owed.has('request') && band.prices.input === null && band.prices.output === null
  return { priced, unpriced, coversTokens: isByRequest || [...told.keys()].some(name => isWork(name) && priceOf(name) !== undefined) }
}

/** The kinds that tokens of an attempt are counted as. */
type AppliedKind = Exclude<BandKind, 'audio_cache_write' | 'video_output'>

/**
 * Every token under exactly one kind, so that nothing is charged twice. Which of the cached tokens are images, and which of the written
 * ones audio or images, nobody tells: they are taken from the text, and what is left of the uncached input bounds audio first, then
 * images. The same for reasoning and the output.
 */
function countsByKind(usage: AttemptUsage): Record<AppliedKind, number> {
  const { cached_input_tokens: cached, reasoning_tokens: reasoning } = usage
  const cache_write_1h = Math.min(usage.cache_write_1h_tokens, usage.cache_write_tokens)
  const cached_audio_input = Math.min(usage.cached_audio_input_tokens ?? 0, cached)
  const uncached = Math.max(0, usage.input_tokens - cached - usage.cache_write_tokens)
  const audio_input = Math.min(Math.max(0, (usage.audio_input_tokens ?? 0) - cached_audio_input), uncached)
  const image_input = Math.min(usage.image_input_tokens ?? 0, uncached - audio_input)
  const answer = Math.max(0, usage.output_tokens - reasoning)
  const audio_output = Math.min(usage.audio_output_tokens ?? 0, answer)
  const image_output = Math.min(usage.image_output_tokens ?? 0, answer - audio_output)
  return {
    input: uncached - audio_input - image_input,
    cached_input: cached - cached_audio_input,
    cached_audio_input,
    cache_write: usage.cache_write_tokens - cache_write_1h,
    cache_write_1h,
    audio_input,
    image_input,
    output: answer - audio_output - image_output,
    reasoning,
    audio_output,
    image_output,
  }
}

/** The band in force at the attempt's start with the highest threshold that its input tokens reach. */
function bandFor(usage: AttemptUsage, bands: readonly PriceBand[]): PriceBand | undefined {
  const inForce = bands.filter(
    band => band.valid_from_ms <= usage.started_at && (band.valid_to_ms === null || usage.started_at < band.valid_to_ms),
  )
  return inForce.filter(band => reaches(usage.input_tokens, band)).sort((a, b) => b.min_input_tokens - a.min_input_tokens)[0]
}

function reaches(inputTokens: number, { min_input_tokens, threshold_operator }: PriceBand): boolean {
  if (min_input_tokens === 0) return true
  return threshold_operator === '>=' ? inputTokens >= min_input_tokens : inputTokens > min_input_tokens
}
