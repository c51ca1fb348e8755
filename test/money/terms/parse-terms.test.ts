import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatDecimal } from '../../../services/money/decimal.ts'
import { defaultTerms, parseTerms } from '../../../services/money/terms/parse-terms.ts'
import { pastChanges } from '../../../services/money/terms/past-changes.ts'
import { AppError } from '../../../services/platform/errors.ts'

const read = (text: string) => parseTerms(text, { file: 'terms.yaml', version: 1 })
const faults = (text: string): string[] => {
  try {
    read(text)
    return []
  } catch (error) {
    assert.ok(error instanceof AppError && error.code === 'TERMS_INVALID')
    return error.message.split('\n')
  }
}

test('the example of the page is right, and means what it says', () => {
  const page = readFileSync(new URL('../../../docs/terms.md', import.meta.url), 'utf8')
  const example = /```yaml\n(.*?)```/s.exec(page)?.[1] ?? ''
  const terms = read(example)
  const [acme, globex] = terms.tenants
  assert.deepEqual([acme?.currency, acme?.time_zone, acme?.gl_code], ['EUR', 'Europe/Berlin', '6420'])
  assert.deepEqual([globex?.name, globex?.currency, globex?.time_zone], ['globex', 'USD', 'Europe/Berlin'])
  const [fixed, discount] = terms.rate_cards[0]?.terms ?? []
  assert.equal(fixed?.unit_price, 9_000_000_000_000n)
  assert.equal(fixed?.valid_to_ms, Date.UTC(2027, 0, 1))
  assert.deepEqual(discount?.match, { provider: 'openai', model: '', token_kind: '', service_tier: '' })
  assert.equal(terms.pools[0]?.rates[1]?.gpus, null)
  assert.equal(formatDecimal(terms.pools[0]?.weights.cached_input ?? 0n), '0.1')
  assert.equal(formatDecimal(terms.exchange_rates[1]?.rate ?? 0n), '0.9137')
})

test('the terms of the simulated platform are right', () => {
  const text = readFileSync(new URL('../../../services/demo/simulation/terms.yaml', import.meta.url), 'utf8')
  assert.equal(read(text).tenants.length, 8)
})

test('an empty mapping says nothing and gives the defaults', () => {
  assert.deepEqual(read('{}'), { ...defaultTerms, version: 1 })
})

test('every fault is named with its line and what was expected, all at once', () => {
  const found = faults(`currency: DOLLARS
time_zone: Mars/Olympus
tenant: []
tenants:
  - { name: nobody }
  - { id: a, rate_card: gold }
rate_cards:
  - id: silver
    terms:
      - { id: t, discount: 1.5 }
      - { id: u, unit_price: nan, currency: USD }
      - { id: v, markup: 0.1, valid_from: 2026-01-01T00:00:30Z }
`)
  assert.deepEqual(
    found.map(line => line.split(': ').slice(0, 2).join(': ')),
    [
      'terms.yaml:3: "tenant" is no key of the document; known are issuer, currency, time_zone, exchange_rates, tenants, rate_cards, ' +
        'pools, shared_costs, budgets',
    ].concat(
      ['terms.yaml:1: currency', 'terms.yaml:2: time_zone', 'terms.yaml:5: id is missing; expected text of 1 to 512 characters'],
      ['terms.yaml:10: discount', 'terms.yaml:11: unit_price', 'terms.yaml:12: valid_from'],
    ),
  )
})

test('entries that contradict each other are named', () => {
  const rates = (text: string) => faults(`pools: [{ pool: p, ${text} }]`).join()
  assert.match(faults('tenants: [{ id: a }, { id: a }]').join(), /tenant "a" is there twice/)
  assert.match(faults('tenants: [{ id: a, rate_card: gold }]').join(), /rate_card "gold" is not under rate_cards; known are none/)
  assert.match(faults('tenants: [{ id: __idle__ }]').join(), /begin with __/)
  const card = (terms: string) => faults(`rate_cards: [{ id: c, terms: [${terms}] }]`).join()
  assert.match(card('{ id: t }'), /expected one of discount, markup and unit_price, found 0/)
  assert.match(card('{ id: t, discount: 0.1, markup: 0.1 }'), /found 2/)
  assert.match(card('{ id: t, unit_price: 1 }'), /currency is missing/)
  assert.match(card('{ id: t, discount: 0.1 }, { id: u, discount: 0.2, valid_from: 2026-01-01 }'), /"u" overlaps "t"/)
  assert.equal(card('{ id: t, discount: 0.1, valid_to: 2026-01-01 }, { id: u, discount: 0.2, valid_from: 2026-01-01 }'), '')
  assert.match(card('{ id: t, discount: 0.1, valid_from: 2026-02-01, valid_to: 2026-01-01 }'), /valid_to must be later/)
  const gpu = (id: string, more: string) => `{ id: ${id}, purchase: spot, per_gpu_hour: 1, currency: USD${more} }`
  assert.match(rates(`rates: [${gpu('a', '')}, ${gpu('b', '')}]`), /both pay for all other GPUs/)
  assert.match(rates(`rates: [${gpu('a', '')}, { id: b, purchase: spot, per_gpu_hour: 1, currency: EUR, gpus: 1 }]`), /is in EUR/)
  assert.match(rates('idle: owner'), /owner is missing/)
  assert.match(
    faults('shared_costs: [{ id: s, amount: 1, currency: USD, rule: fixed, shares: { a: 0.5, b: 0.4 } }]').join(),
    /sum to exactly 1/,
  )
  assert.match(faults('exchange_rates: [{ from: USD, to: EUR, rate: 0, valid_from: 2026-01-01 }]').join(), /0 is no exchange rate/)
})

test('amounts keep every digit, and one too many is refused rather than rounded', () => {
  const amount = (text: string) => read(`budgets: [{ id: b, amount: ${text}, currency: USD, period: month }]`).budgets[0]?.amount
  assert.equal(amount('0.123456789012345678'), 123_456_789_012_345_678n)
  assert.equal(amount('9007199254740993.1'), 9_007_199_254_740_993_100_000_000_000_000_000n)
  for (const text of ['0.1234567890123456789', '-1', '.nan', '.inf', '1e400', '1_000', '""'])
    assert.match(faults(`budgets: [{ id: b, amount: ${text}, currency: USD, period: month }]`).join(), /^terms.yaml:1: amount: /, text)
})

test('no text breaks the reader: it is read, or refused with a line', () => {
  const word = fc.constantFrom(
    'tenants',
    'id',
    'pools',
    'rates',
    ': ',
    '\n',
    '  ',
    '- ',
    '{',
    '}',
    '[',
    ']',
    '1e9',
    '"',
    '&a',
    '*a',
    '!!',
    '#',
    '\t',
    '2026-01-01',
  )
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(word).map(words => words.join('')),
      ),
      text => {
        for (const fault of faults(text)) if (fault.startsWith('terms.yaml')) assert.match(fault, /^terms\.yaml:\d+: ./)
      },
    ),
  )
})

test('what decided amounts before now may not differ; what comes later, names and budgets may', () => {
  const NOW = Date.UTC(2026, 8, 1)
  const card = (terms: string) => `rate_cards: [{ id: c, terms: [${terms}] }]`
  const before = read(`tenants: [{ id: a, rate_card: c }]\n${card('{ id: t, discount: 0.1 }')}`)
  const changes = (text: string) => pastChanges(before, read(text), NOW)
  const ended = '{ id: t, discount: 0.1, valid_to: 2026-10-01 }, { id: u, discount: 0.2, valid_from: 2026-10-01 }'
  assert.deepEqual(changes(`tenants: [{ id: a, name: A, team: x, rate_card: c }, { id: b }]\n${card(ended)}`), [])
  assert.deepEqual(changes(`tenants: [{ id: a, rate_card: c }]\n${card('{ id: t, discount: 0.2 }')}`), ['rate_cards c terms'])
  assert.deepEqual(changes(`tenants: [{ id: a, rate_card: c }]\n${card('{ id: t, discount: 0.1, valid_to: 2026-08-31 }')}`), [
    'rate_cards c terms',
  ])
  assert.deepEqual(changes(`tenants: [{ id: a, time_zone: Asia/Tokyo, rate_card: c }]\n${card(ended)}`), ['tenants a'])
  assert.deepEqual(changes(card(ended)), ['tenants a'])
})
