import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { type EntryLog, readLitellmEntry } from '../../../services/money/price-book/litellm-entry.ts'
import { litellmField } from '../../../services/money/price-book/litellm-fields.ts'
import { OTHER_PRICE_KEYS, PRICE_KEYS } from '../../../services/money/price-book/litellm-keys.ts'
import { type JsonObject, parseJsonText } from '../../../services/money/price-book/parse-json-text.ts'
import { planImport } from '../../../services/money/price-book/plan-import.ts'
import { priceAttempt } from '../../../services/money/price-book/price-attempt.ts'
import { readPriceFile } from '../../../services/money/price-book/read-price-file.ts'
import { resolvePrices } from '../../../services/money/price-book/resolve.ts'
import { readShippedPriceBook } from '../../../services/money/price-book/shipped-price-book.ts'
import { costByHand, type RawEntry, type TokenCounts } from './litellm-cost-by-hand.ts'

const folder = new URL('../../../schemas/prices/', import.meta.url)
const text = gunzipSync(readFileSync(new URL('litellm-2026-08-01.json.gz', folder))).toString('utf8')
const { book, rows, report } = await readShippedPriceBook()
// Numbers quoted before parsing, so that no float is ever made of them.
const file = JSON.parse(text.replace(/(: |^\s*)(-?\d[\d.eE+-]*)(?=,?$)/gm, '$1"$2"')) as Record<string, RawEntry>
const models = Object.entries(file).filter(([name]) => name !== 'sample_spec' && name !== 'fallback_generalizations')

test('the shipped file is the one its README describes', () => {
  assert.ok(readFileSync(new URL('README.md', folder), 'utf8').includes(createHash('sha256').update(text).digest('hex')))
})

test('all 2,984 models are imported', () => {
  assert.equal(models.length, 2984)
  assert.equal(report.models, 2984)
  assert.equal(rows.length, report.rows)
  const withRows = new Set(rows.map(row => row.model))
  assert.deepEqual(
    report.models_without_rows,
    models.map(([name]) => name).filter(name => !withRows.has(name)),
  )
})

test('a model is without rows only where the file has no price for it, or an absurd one', () => {
  const refused = new Set(report.refused.map(({ model }) => model))
  for (const name of report.models_without_rows) {
    const priced = Object.keys(file[name] ?? {}).filter(field => /_cost|_pricing/.test(field))
    const isOther = /-month-commitment\/|^(exa_ai|firecrawl)\/search$/.test(name)
    assert.ok(priced.length === 0 || refused.has(name) || isOther, `${name}: ${priced}`)
  }
})

test('every key of the list gives what the table says of it, and nothing that the table does not say', () => {
  const seen = new Map<string, Set<string>>()
  const see = (key: string, outcome: string) => seen.set(key, (seen.get(key) ?? new Set()).add(outcome))
  for (const [, entry] of models) {
    const log: EntryLog = { skip: (field, reason) => see(keyOf(field), reason), refuse() {} }
    const { priced, region_factor, modifier_factor } = readLitellmEntry(parseJsonText(JSON.stringify(entry)) as JsonObject, log)
    for (const { field, token_kind } of priced) see(keyOf(field), token_kind)
    for (const region of region_factor.keys()) see(`regional_processing_uplift_multiplier_${region}`, 'region_factor')
    if (modifier_factor.size > 0) see('provider_specific_entry', 'modifier_factor')
  }
  const table: Record<string, readonly string[]> = { ...PRICE_KEYS, ...OTHER_PRICE_KEYS }
  const given = [...seen].filter(([, outcomes]) => [...outcomes].join() !== 'not_a_price')
  assert.deepEqual(
    sorted(Object.fromEntries(given)),
    sorted(Object.fromEntries(Object.entries(table).filter(([key]) => key !== 'tiered_pricing'))),
  )
  const all = new Set(models.flatMap(([, entry]) => Object.keys(entry)))
  for (const key of all) assert.ok(seen.has(keyOf(key)) || key === 'tiered_pricing', `${key} is told of`)
})

test('every field of the file is a row, a factor, skipped with a reason or refused', () => {
  const fields = models.reduce((sum, [, entry]) => sum + fieldCount(entry), 0)
  const skipped = report.skipped.filter(({ reason }) => reason !== 'special_entry').reduce((sum, { count }) => sum + count, 0)
  assert.equal(report.rows + report.factors + skipped + report.refused.length, fields)
  assert.deepEqual(
    report.skipped.filter(({ reason }) => reason === 'unknown_price_field'),
    [],
  )
})

test('only prices far above any that is sold are refused, each with its model and field', () => {
  for (const { model, field, value } of report.refused) {
    assert.ok(Number(value) >= 0.002 && file[model]?.[field] === value, `${model} ${field}`)
  }
  assert.equal(report.refused.length, 30)
  assert.ok(rows.some(row => row.model === 'o1-pro' && row.unit_price === '0.0006'))
})

test('what a request costs equals the independent computation digit for digit, for every model, tier and size', () => {
  const refused = new Set(report.refused.map(({ model }) => model))
  const sizes: TokenCounts[] = [1_000, 32_000, 128_000, 128_001, 200_000, 200_001, 256_001, 272_001, 512_001, 999_983].map(input => ({
    input,
    cached: Math.floor(input / 3),
    write5m: 101,
    write1h: 97,
    audioIn: 89,
    imageIn: 83,
    output: 7_919,
    reasoning: 4_099,
    audioOut: 79,
    imageOut: 73,
  }))
  const tiers = { '': '', batch: '_batches', flex: '_flex', priority: '_priority' }
  const compared = new Set<string>()
  for (const [model, entry] of models) {
    if (refused.has(model)) continue
    for (const [service_tier, suffix] of Object.entries(tiers)) {
      const names = { provider: String(entry['litellm_provider']), response_model: model, request_model: '', service_tier, region: '' }
      const bands = resolvePrices(book, names)
      // A few models stand in the file twice, bare and with the provider's prefix; the prefixed key is the provider's own.
      const key = bands[0]?.price_key ?? model
      assert.ok(key === model || key.endsWith(`/${model}`), `${model} is priced as ${key}`)
      for (const tokens of sizes) {
        const expected = costByHand(file[key] ?? {}, suffix, tokens)
        if (expected === undefined) continue
        const priced = priceAttempt(attemptOf(tokens), bands)
        assert.ok(priced.is_priced, `${model} ${service_tier} is unpriced`)
        assert.equal(femtoDollarsOf(priced.total), expected, `${model} ${service_tier} ${tokens.input}: ${priced.total}`)
        compared.add(key)
      }
    }
  }
  assert.ok(compared.size > 2_000, `only ${compared.size} models compared`)
  const having = (field: RegExp) => [...compared].filter(key => Object.keys(file[key] ?? {}).some(name => field.test(name))).length
  // Every dimension that prices have is among what was compared.
  const dimensions = {
    cached: /^cache_read/,
    write: /^cache_creation/,
    write1h: /above_1hr/,
    reasoning: /reasoning_token/,
    audio: /audio_token/,
    image: /image_token/,
  }
  const conditions = {
    threshold: /_above_\d+k_tokens/,
    tiered: /tiered_pricing/,
    batch: /_batches$/,
    flex: /_flex$/,
    priority: /_priority$/,
  }
  for (const [name, field] of Object.entries({ ...dimensions, ...conditions }))
    assert.ok(having(field) > 5, `${name}: ${having(field)} models`)
})

test('importing the very same list again changes nothing, and says again what it refuses', () => {
  const again = readPriceFile(text, undefined, { name: 'list.json', source: 'again', valid_from: 1_000, valid_to: null })
  const rules = { kind: 'import', nowMs: 1_000, version: 2, allowAbsurd: [], overrideOwn: false, overrideLater: false } as const
  const plan = planImport(again, rows, rules)
  assert.deepEqual([plan.rows, plan.changes, plan.refused.length], [[], [], 30])
  assert.equal(plan.unchanged_models, new Set(rows.map(row => `${row.provider} ${row.model}`)).size)
  for (const { place, field, value } of plan.refused) {
    const line = text.split('\n')[Number(place.split(':')[1]) - 1] ?? ''
    assert.ok(line.includes(`"${field}": `) && line.includes(value), `${place}: ${line}`)
  }
})

test('free models cost zero and models without a price are unpriced', () => {
  const zero = models.filter(([, entry]) => Number(entry['input_cost_per_token']) === 0 && Number(entry['output_cost_per_token']) === 0)
  assert.ok(zero.length >= 74)
  const absent = models.filter(([, entry]) => !Object.keys(entry).some(field => /_token|tiered/.test(field) && /cost|pricing/.test(field)))
  assert.ok(absent.length >= 115)
  const price = (model: string, entry: RawEntry) =>
    priceAttempt(
      attemptOf({
        input: 10,
        cached: 0,
        write5m: 0,
        write1h: 0,
        audioIn: 0,
        imageIn: 0,
        output: 10,
        reasoning: 0,
        audioOut: 0,
        imageOut: 0,
      }),
      resolvePrices(book, {
        provider: String(entry['litellm_provider']),
        response_model: model,
        request_model: '',
        service_tier: '',
        region: '',
      }),
    )
  for (const [model, entry] of zero) {
    const priced = price(model, entry)
    assert.ok(priced.is_priced && priced.total === '0', model)
  }
  for (const [model, entry] of absent.filter(([name]) => report.models_without_rows.includes(name) && name.startsWith('chatgpt/'))) {
    assert.equal(price(model, entry).is_priced, false, model)
  }
})

/** Outcomes by key, in one order. */
function sorted(outcomes: Record<string, Iterable<string>>): string[] {
  return Object.entries(outcomes)
    .map(([key, of]) => `${key}: ${[...of].sort().join(', ')}`)
    .sort()
}

/** The key of the table that a field counts under: without its place in a list or object, its tier and its threshold. */
function keyOf(field: string): string {
  const name = field.startsWith('tiered_pricing') ? (field.split('.')[1] ?? field) : (field.split('.')[0] ?? field)
  return litellmField(name)?.key ?? name
}

function fieldCount(entry: RawEntry): number {
  return Object.entries(entry).reduce((sum, [field, value]) => {
    if (field === 'tiered_pricing') {
      const tiers = value as RawEntry[]
      return sum + tiers.reduce((inTiers, tier) => inTiers + Object.keys(tier).filter(name => !name.endsWith('range')).length, 0)
    }
    const isNested = field === 'search_context_cost_per_query' || field === 'provider_specific_entry'
    return sum + (isNested ? Object.keys(value as RawEntry).length : 1)
  }, 0)
}

function attemptOf(tokens: TokenCounts) {
  return {
    started_at: 1_786_000_000_000,
    input_tokens: tokens.input,
    cached_input_tokens: tokens.cached,
    cache_write_tokens: tokens.write5m + tokens.write1h,
    cache_write_1h_tokens: tokens.write1h,
    output_tokens: tokens.output,
    reasoning_tokens: tokens.reasoning,
    audio_input_tokens: tokens.audioIn,
    image_input_tokens: tokens.imageIn,
    audio_output_tokens: tokens.audioOut,
    image_output_tokens: tokens.imageOut,
  }
}

/** Decimal text → whole 10^-15 USD; prices have 15 places at most, so nothing may be left over. */
function femtoDollarsOf(total: string): bigint {
  const [whole = '', fraction = ''] = total.split('.')
  assert.ok(fraction.length <= 15, total)
  return BigInt(whole + fraction.padEnd(15, '0'))
}
