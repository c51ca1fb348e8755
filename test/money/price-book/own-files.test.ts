import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatDecimal } from '../../../services/money/decimal.ts'
import { readPriceFile } from '../../../services/money/price-book/read-price-file.ts'

const VALID_FROM = Date.UTC(2026, 11, 1)
const read = (name: string, text: string) => readPriceFile(text, undefined, { name, source: name, valid_from: VALID_FROM, valid_to: null })
const short = (name: string, text: string) =>
  read(name, text).rows.map(row =>
    [row.provider, row.model, row.token_kind, row.service_tier || '-', row.min_input_tokens, row.unit, row.unit_price, row.currency].join(
      ' ',
    ),
  )
const faults = (name: string, text: string) => read(name, text).refused.map(one => `${one.place} ${one.model} ${one.field}: ${one.reason}`)

const YAML = `# agreed with finance
currency: EUR
valid_from: 2026-12-24
prices:
  - provider: azure
    model: azure/gpt-4o*
    region_factor: us=1.05 eu=1.1
    modifier_factor: fast_mode=2
    per_million_tokens:
      input: 2.50
      cached_input: 1.25
  - provider: openai
    model: gpt-4o
    currency: USD
    service_tier: batch
    min_input_tokens: 200000
    threshold_operator: ">="
    valid_from: 2027-01-01T00:00:00+01:00
    valid_to: 2027-02-01
    per_token: {output: 1e-05}
  - {provider: openai, model: tts-1, per_unit: {input_character: 0.000015, output_audio_second: 0.25}}
  - {provider: openai, model: gpt-3, withdrawn: true}
`

test('a YAML file gives the rows it says, to the last digit', () => {
  assert.deepEqual(short('own.yaml', YAML), [
    'azure.ai.openai azure/gpt-4o* input - 0 token 0.0000025 EUR',
    'azure.ai.openai azure/gpt-4o* cached_input - 0 token 0.00000125 EUR',
    'openai gpt-4o output batch 200000 token 0.00001 USD',
    'openai tts-1 input_character - 0 character 0.000015 EUR',
    'openai tts-1 output_audio_second - 0 second 0.25 EUR',
    'openai gpt-3 withdrawn - 0 none 0 EUR',
  ])
  const [azure, , dated] = read('own.yaml', YAML).rows
  assert.deepEqual([azure?.region_factor, azure?.modifier_factor], ['eu=1.1 us=1.05', 'fast_mode=2'])
  assert.deepEqual([azure?.valid_from, azure?.valid_to], [Date.UTC(2026, 11, 24), null])
  assert.deepEqual(
    [dated?.threshold_operator, dated?.valid_from, dated?.valid_to, dated?.source],
    ['>=', Date.UTC(2026, 11, 31, 23), Date.UTC(2027, 1, 1), 'yaml own.yaml'],
  )
})

test('a faulty price of a YAML file is refused with its line, field and remedy; its neighbours are read', () => {
  const entry = (fields: string) => `prices:\n  - {provider: openai, model: ok, token_kind: input, unit_price: 1}\n  - {${fields}}\n`
  const cases: [string, RegExp][] = [
    ['provider: openai, model: m, token_kind: input, unit_price: -1', /^f.yaml:3 m unit_price: "-1" is negative/],
    ['provider: openai, model: m, token_kind: input, unit_price: .nan', /^f.yaml:3 m unit_price: "\.nan" is not a finite/],
    ['provider: openai, model: m, token_kind: input, unit_price: 1e400', /^f.yaml:3 m unit_price: "1e400" is 10\^20 or more/],
    ['provider: openai, model: m, token_kind: input, unit_price: 1e-19', /needs 19 digits/],
    ['provider: openai, model: m, token_kind: input, unit_price: 1000000', /unit_price: is 1000000 or more/],
    [
      'provider: openai, model: m, token_kind: input, unit: character, unit_price: 1',
      /unit: "character": input is priced by the token or by million_tokens; by the character are input_character, output_character/,
    ],
    [
      'provider: openai, model: m, token_kind: input_audio_second, unit_price: 0.0000000000001',
      /needs 13 digits after the point; 12 are kept/,
    ],
    ['provider: openai, model: m, token_kind: input', /unit_price: is missing; free is 0/],
    ['provider: openai, model: m, token_kind: inputs, unit_price: 1', /token_kind: "inputs" is none of input, /],
    ['model: m, token_kind: input, unit_price: 1', /provider: is missing/],
    ['provider: openai, model: m, per_million_tokens: {input: 1}, valid_from: 24.12.2026', /valid_from: "24.12.2026" is no time/],
    ['provider: openai, model: m, per_million_tokens: {input: 1}, valid_to: 2026-11-01', /valid_to: must be later than valid_from/],
    ['provider: openai, model: m, per_million_tokens: {input: 1}, currency: euro', /currency: must match/],
    ['provider: openai, model: m, per_million_tokens: 2', /entry: per_million_tokens: expected token kind: price/],
    ['provider: openai, model: m, price: 2', /entry: "price" is no key here; known are/],
    ['provider: openai, model: m', /entry: no price: expected/],
    ['provider: openai, model: m, withdrawn: maybe', /entry: withdrawn: expected true or false/],
  ]
  for (const [fields, expected] of cases) {
    const text = entry(fields)
    assert.match(faults('f.yaml', text).join('\n'), expected, fields)
    assert.equal(read('f.yaml', text).rows.length, 1, fields)
  }
})

test('a file that is not of its form is refused as a whole, with the line', () => {
  const cases: [string, string, RegExp][] = [
    ['f.yaml', 'prices: [', /^f.yaml:1: /],
    ['f.yaml', 'a: 1\nprices:\n  - {}\n', /^f.yaml:1: "a" is no key here/],
    ['f.yaml', '- 1', /^f.yaml:1: expected a mapping/],
    ['f.yaml', 'prices: 3', /^f.yaml:1: expected a list "prices"/],
    ['f.yaml', 'prices: []', /^f.yaml: no price in it; read as yaml/],
    ['f.csv', '', /^f.csv:1: expected a header line: provider,model,/],
    ['f.csv', 'provider,model,token_kind\n', /^f.csv:1: the column unit_price is missing/],
    ['f.csv', 'provider,model,token_kind,unit_price,cost\n', /^f.csv:1: "cost" is no column/],
    ['f.csv', 'provider,model,token_kind,unit_price,model\n', /^f.csv:1: the column model stands there twice/],
    ['f.csv', 'provider,model,token_kind,unit_price\nopenai,"m,input,1\n', /^f.csv:\d+: not CSV: /],
    ['f.json', '{"m": NaN}', /not JSON/],
    ['f.json', '{}', /^f.json: no price in it; read as litellm/],
  ]
  for (const [name, text, message] of cases) assert.throws(() => read(name, text), { code: 'PRICE_INVALID', message }, text)
})

test('a CSV file gives the rows it says, a faulty one is refused with its line', () => {
  const text = `\uFEFFprovider,model,token_kind,unit,unit_price,min_input_tokens,valid_to
openai,"gpt-4o, special",input,million_tokens,2.5,,
openai,gpt-4o,output,,0.00001,200000,2027-01-01

openai,gpt-4o,request,,0.01,,
openai,gpt-4o,input,,,,
openai,gpt-4o,input,,free,,
openai,gpt-4o,input
openai,gpt-4o,input,,1,many,
`
  assert.deepEqual(short('own.csv', text), [
    'openai gpt-4o, special input - 0 token 0.0000025 USD',
    'openai gpt-4o output - 200000 token 0.00001 USD',
    'openai gpt-4o request - 0 request 0.01 USD',
  ])
  assert.deepEqual(faults('own.csv', text), [
    'own.csv:6 gpt-4o unit_price: is missing; free is 0, and a price that is not known has no row',
    'own.csv:7 gpt-4o unit_price: "free" is not a finite decimal number',
    'own.csv:8 gpt-4o row: has 3 fields, the header has 7',
    'own.csv:9 gpt-4o min_input_tokens: "many" is not a number of tokens',
  ])
})

/** Prices per million tokens with at most 12 digits after the point: they have an exact price per token. */
const perMillion = fc.bigInt({ min: 0n, max: 10n ** 18n }).map(digits => formatDecimal(digits * 10n ** 6n))
const names = fc.stringMatching(/^[a-zA-Z0-9][a-zA-Z0-9 ,"'*:./#-]{0,20}[a-z0-9]$/)

test('YAML and CSV of the same prices give the same rows, and a million times the price is the one that was written', () => {
  const rows = fc.array(fc.record({ model: names, kind: fc.constantFrom('input', 'output', 'reasoning'), price: perMillion }), {
    minLength: 1,
    maxLength: 5,
  })
  fc.assert(
    fc.property(rows, given => {
      const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`
      const csv = [
        'provider,model,token_kind,unit,unit_price',
        ...given.map(one => `openai,${quoted(one.model)},${one.kind},million_tokens,${one.price}`),
      ]
      const yaml = given.map(
        one => `  - {provider: openai, model: ${JSON.stringify(one.model)}, per_million_tokens: {${one.kind}: ${one.price}}}`,
      )
      const [fromCsv, fromYaml] = [read('p.csv', csv.join('\r\n')), read('p.yaml', `prices:\n${yaml.join('\n')}\n`)]
      assert.deepEqual(fromCsv.refused, [])
      const plain = (file: typeof fromCsv) => file.rows.map(({ source: _source, ...row }) => row)
      assert.deepEqual(plain(fromCsv), plain(fromYaml))
      for (const [index, { model, price }] of given.entries()) {
        assert.equal(fromCsv.rows[index]?.model, model)
        // Moving the point by six places by hand, as text.
        const [whole = '', fraction = ''] = (fromCsv.rows[index]?.unit_price ?? '').split('.')
        const moved = `${whole}${fraction.padEnd(18, '0').slice(0, 6)}.${fraction.padEnd(18, '0').slice(6)}`
        assert.equal(moved.replace(/^0+(?=\d)/, '').replace(/\.?0+$/, ''), price.replace(/\.0+$/, ''))
      }
    }),
  )
})

test('whatever stands in a file, it is read, refused by line, or refused whole', () => {
  const piece = fc.constantFrom(
    'prices:',
    '\n',
    '  - ',
    '{',
    '}',
    'model: m',
    'provider: openai',
    ', ',
    'unit_price: ',
    '1',
    '-',
    '1e999',
    '"',
    "'",
    '[',
    ']',
    '|',
    '&a',
    '*a',
    'token_kind: input',
    '\t',
    '\u0000',
  )
  for (const name of ['f.yaml', 'f.csv', 'f.json']) {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece).map(pieces => pieces.join('')),
        ),
        text => {
          try {
            for (const { place } of read(name, text).refused) assert.match(place, /^f\.\w+:\d+$/)
          } catch (error) {
            assert.equal((error as { code?: string }).code, 'PRICE_INVALID', String(error))
          }
        },
      ),
      { numRuns: 200 },
    )
  }
})
