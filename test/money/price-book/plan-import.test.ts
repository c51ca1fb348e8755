import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ImportRules } from '../../../services/money/price-book/import-faults.ts'
import { planImport } from '../../../services/money/price-book/plan-import.ts'
import type { PriceFile } from '../../../services/money/price-book/price-file.ts'
import type { PriceRow } from '../../../services/money/price-book/price-row.ts'
import { buildPriceBook, resolvePrices } from '../../../services/money/price-book/resolve.ts'
import { priceRow } from '../../settle/price-rows.ts'

const NOW = Date.UTC(2026, 11, 1)
const LATER = Date.UTC(2027, 0, 1)
const rules: ImportRules = { kind: 'import', nowMs: NOW, version: 9, allowAbsurd: [], overrideOwn: false, overrideLater: false }

const old = (facts: Partial<PriceRow>) => priceRow({ source: 'litellm of August', unit_price: '0.000002', ...facts })
const fresh = (facts: Partial<PriceRow>) => priceRow({ source: 'yaml own', unit_price: '0.000003', valid_from: NOW, version: 0, ...facts })

function file(rows: PriceRow[], known: Partial<PriceFile> = {}): PriceFile {
  const places = new Map(rows.map((row, index) => [row, `own.yaml:${index + 1}`]))
  return { format: 'yaml', models: rows.length, rows, places, refused: [], skipped: [], rounded: 0, ...known }
}
const changes = (plan: ReturnType<typeof planImport>) =>
  plan.changes.map(one => [one.change, one.model, one.token_kind, one.old_unit_price, one.new_unit_price, one.ratio])
const reasons = (plan: ReturnType<typeof planImport>) => plan.refused.map(one => `${one.place} ${one.model} ${one.field} ${one.reason}`)

test('a diff says what is added, changed by which ratio, dropped and unchanged, and stores what changes', () => {
  const stored = [
    old({}),
    old({ token_kind: 'output', unit_price: '0.00001' }),
    old({ token_kind: 'reasoning' }),
    old({ model: 'same' }),
    old({ model: 'free', unit_price: '0' }),
    old({ model: 'euro' }),
  ]
  const rows = [
    fresh({}),
    fresh({ token_kind: 'output', unit_price: '0.00001' }),
    fresh({ model: 'same', unit_price: '0.000002' }),
    fresh({ model: 'new' }),
    fresh({ model: 'free' }),
    fresh({ model: 'euro', currency: 'EUR' }),
  ]
  const plan = planImport(file(rows), stored, rules)
  assert.deepEqual(changes(plan), [
    ['changed', 'gpt-4o', 'input', '0.000002', '0.000003', '1.5'],
    ['dropped', 'gpt-4o', 'reasoning', '0.000002', null, null],
    ['added', 'new', 'input', null, '0.000003', null],
    ['changed', 'free', 'input', '0', '0.000003', null],
    ['changed', 'euro', 'input', '0.000002 USD', '0.000003', null],
  ])
  assert.deepEqual([plan.unchanged_models, plan.rows.length, new Set(plan.rows.map(row => row.version))], [1, 5, new Set([9])])
})

test('a price of a hundred times or a hundredth is refused until its model is confirmed; neither are ten times and free', () => {
  const stored = ['up', 'down', 'ten', 'to-free', 'limit'].map(model => old({ model }))
  const rows = [
    fresh({ model: 'up', unit_price: '0.000201' }),
    fresh({ model: 'down', unit_price: '0.0000000199' }),
    fresh({ model: 'ten', unit_price: '0.00002' }),
    fresh({ model: 'to-free', unit_price: '0' }),
    fresh({ model: 'limit', unit_price: '0.0002' }),
    fresh({ model: 'first', unit_price: '0.0011' }),
  ]
  const plan = planImport(file(rows), stored, rules)
  assert.deepEqual(
    plan.refused.map(one => [one.place, one.model]),
    [
      ['own.yaml:1', 'up'],
      ['own.yaml:2', 'down'],
      ['own.yaml:4', 'to-free'],
      ['own.yaml:6', 'first'],
    ],
  )
  assert.match(reasons(plan)[0] ?? '', /absurd: more than 100 times the former 0.000002; confirm it with --allow-absurd 'up'/)
  assert.deepEqual(
    plan.rows.map(row => row.model),
    ['ten', 'limit'],
  )
  const confirmed = planImport(file(rows), stored, { ...rules, allowAbsurd: ['up', 'down', 'to-free', 'first'] })
  assert.deepEqual([confirmed.refused, confirmed.rows.length], [[], 6])
})

test('overlapping prices, two currencies and the past are refused with the row, and the former list stays', () => {
  const cases: [PriceRow[], string][] = [
    [[fresh({}), fresh({ valid_from: LATER })], 'own.yaml:2 gpt-4o valid_from overlaps another price for the same thing'],
    [
      [fresh({}), fresh({ token_kind: 'output', currency: 'EUR' })],
      'own.yaml:2 gpt-4o currency differs from the other prices of the model',
    ],
    [
      [fresh({ valid_from: NOW - 1 })],
      'own.yaml:1 gpt-4o valid_from lies in the past, which an import never changes; `weir prices correct` does, with a reason',
    ],
  ]
  for (const [rows, reason] of cases) {
    const plan = planImport(file(rows), [old({})], rules)
    assert.deepEqual([reasons(plan), plan.rows, plan.changes], [[reason], [], []])
  }
  const corrected = planImport(file([fresh({ valid_from: 0 })]), [old({})], { ...rules, kind: 'correct' })
  assert.deepEqual([corrected.refused, corrected.rows.length], [[], 1])
})

test('two periods of one file follow each other, and the second is compared with what holds then', () => {
  const rows = [fresh({ valid_to: LATER }), fresh({ valid_from: LATER, unit_price: '0.000004' })]
  const plan = planImport(file(rows), [old({})], rules)
  assert.deepEqual(
    changes(plan).map(([, , , , price]) => price),
    ['0.000003', '0.000004'],
  )
})

test('prices that are to begin later are not replaced in passing', () => {
  const stored = [old({}), old({ version: 2, valid_from: LATER, unit_price: '0.000005' })]
  const plan = planImport(file([fresh({})]), stored, rules)
  assert.match(
    reasons(plan).join(),
    /change at 2027-01-01T00:00:00.000Z already: end this one there \(valid_to\), or replace them with --override-later/,
  )
  assert.equal(planImport(file([fresh({ valid_to: LATER })]), stored, rules).refused.length, 0)
  assert.equal(planImport(file([fresh({})]), stored, { ...rules, overrideLater: true }).refused.length, 0)
  // Nor where the model has no price until then.
  const coming = [old({ valid_from: LATER })]
  assert.match(reasons(planImport(file([fresh({})]), coming, rules)).join(), /change at 2027-01-01/)
})

test('a list ends the prices of models that it no longer names, if they came with an earlier list of its form', () => {
  const stored = [
    old({ model: 'kept' }),
    old({ model: 'gone' }),
    old({ model: 'gone', token_kind: 'output' }),
    old({ model: 'mine', source: 'csv mine' }),
  ]
  const list = file([fresh({ model: 'kept', unit_price: '0.000002', source: 'litellm of December' })], { format: 'litellm' })
  const plan = planImport(list, stored, rules)
  assert.deepEqual(changes(plan), [
    ['dropped', 'gone', 'input', '0.000002', null, null],
    ['dropped', 'gone', 'output', '0.000002', null, null],
  ])
  const book = buildPriceBook([...stored, ...plan.rows])
  const priceAt = (model: string, at: number) =>
    resolvePrices(book, { provider: 'openai', request_model: '', response_model: model, service_tier: '', region: '' }).find(
      band => band.valid_from_ms <= at && (band.valid_to_ms ?? Number.POSITIVE_INFINITY) > at,
    )?.prices.input
  assert.deepEqual(
    [priceAt('gone', NOW - 1), priceAt('gone', NOW), priceAt('kept', NOW), priceAt('mine', NOW)],
    ['0.000002', undefined, '0.000002', '0.000002'],
  )
  // An own file says nothing of models that it does not name.
  assert.deepEqual(planImport(file([fresh({ model: 'kept' })]), stored, rules).changes.length, 1)
})

test('a list does not replace prices that came with an own file, unless it is told to', () => {
  const stored = [old({ source: 'yaml mine' })]
  const list = file([fresh({ source: 'litellm of December' })], { format: 'litellm' })
  assert.deepEqual(planImport(list, stored, rules).kept_own, ['gpt-4o'])
  assert.equal(planImport(list, stored, { ...rules, overrideOwn: true }).rows.length, 1)
})

test('a model with a refused price keeps its former list; one without any takes the rest', () => {
  const refused = [{ place: 'l.json:1', model: 'gpt-4o', field: 'output_cost_per_token', value: 'NaN', reason: 'not a number' }]
  const list = file([fresh({ source: 'litellm of December' })], { format: 'litellm', refused })
  assert.deepEqual([planImport(list, [old({})], rules).rows, planImport(list, [], rules).rows.length], [[], 1])
})
