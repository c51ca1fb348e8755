import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatDecimal } from '../../../services/money/decimal.ts'
import { canonicalModel } from '../../../services/money/reconcile/model-match.ts'
import { readMapping } from '../../../services/money/reconcile/read/mapping.ts'
import { type InvoiceReading, readInvoice } from '../../../services/money/reconcile/read/read-invoice.ts'
import { AppError } from '../../../services/platform/errors.ts'

/** Lines as [provider, model in canonical form, day, kind, quantity, cost]. */
function read(text: string, reading: Partial<InvoiceReading> = {}) {
  const { lines } = readInvoice(text, { name: 'invoice', timeZone: 'UTC', ...reading })
  const shown = (value: bigint | null) => (value === null ? null : formatDecimal(value))
  return lines.map(line => [line.provider, canonicalModel(line.model), line.day, line.kind, shown(line.quantity), shown(line.cost)])
}

test('AWS: usage types tell model and kind, amounts are in thousands, other services are left out', () => {
  const header =
    'line_item_usage_start_date,line_item_line_item_type,line_item_product_code,line_item_usage_type,line_item_usage_amount,' +
    'pricing_unit,line_item_unblended_cost,line_item_currency_code'
  const text = `${header}
2026-10-05T03:00:00.000Z,Usage,AmazonBedrock,USE1-Claude4.6Opus-input-tokens,1500,1K tokens,7.5,USD
2026-10-05T03:00:00.000Z,Usage,AmazonBedrock,USE1-Claude4.6Opus-cache-read-input-token-count,2,1K tokens,1.0E-3,USD
2026-10-05T03:00:00.000Z,Usage,AmazonEC2,BoxUsage:t3.micro,1,Hrs,0.01,USD
2026-10-05T03:00:00.000Z,Credit,AmazonBedrock,USE1-Claude4.6Opus-output-tokens,0,1K tokens,-2,USD
`
  const opus = canonicalModel('claude-opus-4-6')
  assert.deepEqual(read(text), [
    ['aws.bedrock', opus, '2026-10-05', 'input', '1500000', '7.5'],
    ['aws.bedrock', opus, '2026-10-05', 'cached_input', '2000', '0.001'],
    ['aws.bedrock', opus, '2026-10-05', 'discount', null, '-2'],
  ])
})

test('Azure: meters tell model and kind, dates are American', () => {
  const text = `Date,MeterCategory,MeterName,ChargeType,Quantity,UnitOfMeasure,CostInBillingCurrency,BillingCurrency
10/05/2026,Azure OpenAI,gpt-4o-0806-Inp-glbl Tokens,Usage,12.5,1K,0.03,EUR
10/05/2026,Azure OpenAI,gpt-4o-0806-cchd-Inp-glbl Tokens,Usage,1,1M,1.25,EUR
10/05/2026,Azure OpenAI,gpt-4o-0806-Outp-glbl Tokens,Usage,3,1K,0.03,EUR
10/05/2026,Storage,LRS Data Stored,Usage,3,1 GB,0.03,EUR
`
  assert.deepEqual(read(text), [
    ['azure.ai.openai', canonicalModel('gpt-4o'), '2026-10-05', 'input', '12500', '0.03'],
    ['azure.ai.openai', canonicalModel('gpt-4o'), '2026-10-05', 'cached_input', '1000000', '1.25'],
    ['azure.ai.openai', canonicalModel('gpt-4o'), '2026-10-05', 'output', '3000', '0.03'],
  ])
})

test('Google: nested JSON rows, credits are amounts of their own', () => {
  const row = (sku: string, amount: number, cost: string, credits = '[]') =>
    `{"service":{"description":"Vertex AI"},"sku":{"description":"${sku}"},"usage_start_time":"2026-10-05 23:00:00 UTC"` +
    `,"usage":{"amount":${amount},"unit":"count"},"cost":${cost},"currency":"USD","cost_type":"regular","credits":${credits}}`
  const text = [
    row('Gemini 2.5 Flash Text Input - Predictions', 1000, '3.0e-4'),
    row('Gemini 2.5 Flash Text Output - Predictions', 10, '0.5', '[{"amount":-0.1}]'),
  ].join('\n')
  const flash = canonicalModel('gemini-2.5-flash')
  assert.deepEqual(read(text), [
    ['gcp.vertex_ai', flash, '2026-10-05', 'input', '1000', '0.0003'],
    ['gcp.vertex_ai', flash, '2026-10-05', 'output', '10', '0.5'],
    ['gcp.vertex_ai', flash, '2026-10-05', 'discount', null, '-0.1'],
  ])
  assert.equal(read(text, { timeZone: 'Asia/Tokyo' })[0]?.[2], '2026-10-06', 'an instant is a day of the zone')
})

test('Anthropic: costs are cents, usage has a column for each kind', () => {
  const bucket = (result: string) =>
    `{"data":[{"starting_at":"2026-10-05T00:00:00Z","ending_at":"2026-10-06T00:00:00Z","results":[${result}]}],"has_more":false}`
  const cost =
    '{"amount":"123.45","currency":"USD","cost_type":"tokens","token_type":"cache_creation.ephemeral_1h_input_tokens",' +
    '"model":"claude-opus-4-6"},{"amount":"5","currency":"USD","cost_type":"web_search","token_type":null,"model":null}'
  const opus = canonicalModel('claude-opus-4-6')
  assert.deepEqual(read(bucket(cost)), [
    ['anthropic', opus, '2026-10-05', 'cache_write_1h', null, '1.2345'],
    ['anthropic', '', '2026-10-05', 'other', null, '0.05'],
  ])
  const usage =
    '{"model":"claude-opus-4-6","uncached_input_tokens":7,"cache_creation":' +
    '{"ephemeral_5m_input_tokens":3,"ephemeral_1h_input_tokens":0},"cache_read_input_tokens":2,"output_tokens":5}'
  assert.deepEqual(
    read(bucket(usage)).map(line => line.slice(3)),
    [
      ['input', '7', null],
      ['cached_input', '2', null],
      ['cache_write', '3', null],
      ['output', '5', null],
    ],
  )
})

test('OpenAI: line items name model and kind, usage counts cached tokens as input too', () => {
  const start = Date.UTC(2026, 9, 5) / 1000
  const costs =
    `{"object":"page","data":[{"object":"bucket","start_time":${start},"end_time":${start + 86_400}` +
    `,"results":[{"object":"organization.costs.result","amount":{"value":0.06,"currency":"usd"},"line_item":"gpt-4o-2024-08-06, cached ` +
    `input","project_id":null}]}]}`
  assert.deepEqual(read(costs), [['openai', canonicalModel('gpt-4o'), '2026-10-05', 'cached_input', null, '0.06']])
  const columns = 'start_time,end_time,model,num_model_requests,input_tokens,output_tokens,input_cached_tokens'
  const usage = `${columns}\n${start},${start + 86_400},gpt-4o,5,1000,500,800\n`
  assert.deepEqual(
    read(usage).map(line => line.slice(3)),
    [
      ['input', '200', null],
      ['cached_input', '800', null],
      ['output', '500', null],
    ],
  )
})

test('FOCUS and a CSV with a mapping', () => {
  const focus =
    'ProviderName,BilledCost,BillingCurrency,ChargePeriodStart,ChargeCategory,ChargeDescription,SkuMeter,ConsumedQuantity,ConsumedUnit\n' +
    'OpenAI,2.5,USD,2026-10-05T00:00:00Z,Usage,gpt-4o,Input ' +
    'Tokens,1000,1000 Tokens\n'
  assert.deepEqual(read(focus), [['openai', canonicalModel('gpt-4o'), '2026-10-05', 'input', '1000000', '2.5']])
  const format = readMapping(
    'provider: mistral\nmodel: Modell\nday: Tag\nkind: Art\ncost: Betrag\ncurrency: EUR\nquantity: Menge\nquantity_unit: 1000000\n',
    'm.yaml',
  )
  assert.deepEqual(read('Tag;Modell;Art;Menge;Betrag\n2026-10-05;mistral-large;output tokens;2;12\n', { format }), [
    ['mistral_ai', canonicalModel('mistral-large'), '2026-10-05', 'output', '2000000', '12'],
  ])
  assert.throws(() => readMapping('cost: A\ncolour: B\n', 'm.yaml'), /m\.yaml:2: "colour" is no key/)
})

test('what is not understood is refused with file, line, column and what was expected', () => {
  const csv = (cell: string) => `BilledCost,BillingCurrency,ChargePeriodStart,ProviderName\n1,USD,2026-10-05T00:00:00Z,OpenAI\n${cell}\n`
  const faults: [string, RegExp][] = [
    ['', /invoice:1: the file is empty; expected a CSV/],
    ['BilledCost,BillingCurrency\n', /invoice:2: no line in it/],
    [csv('NaN,USD,2026-10-05T00:00:00Z,OpenAI'), /invoice:3: BilledCost: "NaN" is no number; expected one such as 12\.5/],
    [csv('Infinity,USD,2026-10-05T00:00:00Z,OpenAI'), /invoice:3: BilledCost: "Infinity"/],
    [csv('1,dollars,2026-10-05T00:00:00Z,OpenAI'), /invoice:3: BillingCurrency: "dollars" is no currency; expected three letters/],
    [csv('1,USD,2026-02-30,OpenAI'), /invoice:3: ChargePeriodStart: "2026-02-30" is no day/],
    [csv('1,USD,2026-10,OpenAI'), /invoice:3: ChargePeriodStart: "2026-10" is no day/],
    [csv('1,USD,10:00,OpenAI'), /is no day; expected 2026-09-01/],
    [csv('1,USD'), /invoice:3: expected 4 fields, as the header has, found 2/],
    ['a,b\n1,2\n', /invoice:1: its columns are those of no export that is known.*Give --mapping/],
    ['{"data": [', /invoice:.*not JSON/],
  ]
  for (const [text, message] of faults) assert.throws(() => read(text), { code: 'INVOICE_INVALID', message }, text)
  assert.throws(
    () => read('BilledCost,BillingCurrency\n1,USD\n', { format: 'focus' }),
    /invoice:1: the column ChargePeriodStart is missing; expected FOCUS/,
  )
})

test('any text is read or refused with INVOICE_INVALID and its place, and amounts keep every digit', () => {
  const header = 'ProviderName,BilledCost,BillingCurrency,ChargePeriodStart,SkuMeter,ConsumedQuantity,ConsumedUnit\n'
  const cell = fc.oneof(
    fc.string({ maxLength: 8 }),
    fc.constantFrom('OpenAI', '1', 'USD', '2026-10-05', '1K tokens', '1e400', '-0', '"', 'null'),
  )
  const csv = fc
    .array(fc.array(cell, { minLength: 6, maxLength: 8 }), { maxLength: 4 })
    .map(rows => header + rows.map(row => row.join(',')).join('\n'))
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json(), csv), text => {
      try {
        read(text)
      } catch (error) {
        assert.ok(error instanceof AppError && error.code === 'INVOICE_INVALID', String(error))
        assert.match(error.message, /^invoice:/)
      }
    }),
    { numRuns: 500 },
  )
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 37n), max: 10n ** 37n }), value => {
      const rest = '"BillingCurrency":"USD","ChargePeriodStart":"2026-10-05"'
      const json = `[{"ProviderName":"OpenAI","BilledCost":${formatDecimal(value)},${rest}}]`
      assert.equal(readInvoice(json, { name: 'invoice', timeZone: 'UTC' }).lines[0]?.cost, value)
    }),
  )
})
