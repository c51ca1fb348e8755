/** What is fuzzed: each reader of something that others make, with good inputs to damage and what must hold of any. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { uncompressSync } from 'snappy'
import { parseMapping } from '../../schemas/dialects/custom/mapping-file.ts'
import { readExamples } from '../../schemas/examples.ts'
import { readAlertingConfig } from '../../services/alert/config/read-alerting-config.ts'
import { parseTargetsConfig } from '../../services/ingest/discovery/targets-config.ts'
import { readOtlp, readWrite } from '../../services/ingest/read-in-thread.ts'
import type { PriceFormat } from '../../services/money/price-book/price-file.ts'
import { readPriceFile } from '../../services/money/price-book/read-price-file.ts'
import { readMapping } from '../../services/money/reconcile/read/mapping.ts'
import { readInvoice } from '../../services/money/reconcile/read/read-invoice.ts'
import { parseTerms } from '../../services/money/terms/parse-terms.ts'
import { AppError } from '../../services/platform/errors.ts'
import { buildDecoder } from '../../services/worker/decode/decode-message.ts'
import { sample } from '../fixtures/samples.ts'
import { protobufOf, wireMessages } from '../fixtures/wire.ts'
import { accessRecord, metricsRecord } from '../worker/records.ts'
import { damagedBytes, damagedText, damagedValue } from './mutations.ts'

/** One reader. `run` throws when a promise is broken; whatever a reader is meant to throw is caught inside. */
export interface Target {
  name: string
  input: fc.Arbitrary<unknown>
  run(input: unknown): void | Promise<void>
}

const writeOf = (version: 'remote_write_v1' | 'remote_write_v2') =>
  uncompressSync(Buffer.from(wireMessages[version].snappy_base64, 'base64')) as Buffer
const page = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8')
const fenced = (text: string, language: string) =>
  [...text.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 'gs'))].map(([, inside]) => inside as string)

/** What people may be told when a file of theirs is not understood. */
function orRefused(read: () => unknown): void {
  try {
    read()
  } catch (error) {
    assert.ok(error instanceof AppError, `threw ${String(error)} and not an AppError`)
    assert.ok(error.message.isWellFormed() && error.message.length > 0)
  }
}

const decode = buildDecoder({ logEpoch: 'epoch-1', maxLineBytes: 64 * 1024 })
const COUNTS = /_tokens$|_bytes$/

/** Every line ends as a row, skipped or as a dead letter; a row holds only what a table can; nothing is a defect of ours. */
function decodes(record: Parameters<typeof decode>[0]): void {
  const { attempts, deadLetters, ledger } = decode(record)
  assert.equal(ledger.rows >= 0 && ledger.dead_letters, deadLetters.length)
  for (const { code, message, line } of deadLetters) {
    assert.notEqual(code, 'LINE_NOT_READ', message)
    assert.ok(message.isWellFormed() && line.isWellFormed(), `the words of a dead letter are text: ${JSON.stringify(message)}`)
  }
  for (const row of attempts) {
    for (const [column, value] of Object.entries(row)) {
      if (typeof value === 'string') assert.ok(value.isWellFormed(), column)
      if (typeof value === 'number') assert.ok(Number.isFinite(value), `${column} is ${value}`)
      if (typeof value === 'number' && COUNTS.test(column)) assert.ok(Number.isSafeInteger(value) && value >= 0, `${column} is ${value}`)
    }
  }
}

const examples = readExamples()
const lineOf = (value: unknown) => JSON.stringify(value) ?? ''
const dialects = [...Map.groupBy(examples, ({ dialect }) => dialect)].map(([dialect, of]): Target => {
  const texts = of.filter(({ line }) => typeof line === 'string').map(({ line }) => line as string)
  const values = of.filter(({ line }) => typeof line !== 'string').map(({ line }) => line)
  const inputs = [
    ...(values.length > 0 ? [damagedValue(values).map(lineOf), damagedText(values.map(lineOf))] : []),
    ...(texts.length > 0 ? [damagedText(texts)] : []),
  ]
  return { name: `a line of ${dialect}`, input: fc.oneof(...inputs), run: text => decodes(accessRecord(text as string)) }
})

const expositions = [
  'vllm_v1_scrape_t0.prom.gz',
  'sglang_priority_tp2.prom',
  'dcgm_h200.prom',
  'kong_prometheus_doc.prom',
  'ollama_ps.json',
].map(name => sample(name).toString('utf8').slice(0, 12_000))

const litellmPrices = JSON.stringify({
  'gpt-4o': { litellm_provider: 'openai', input_cost_per_token: 2.5e-6, output_cost_per_token: 1e-5, mode: 'chat' },
  'claude-x': {
    litellm_provider: 'anthropic',
    input_cost_per_token: 3e-6,
    input_cost_per_token_above_200k_tokens: 6e-6,
    output_cost_per_token: 1.5e-5,
    cache_read_input_token_cost: 3e-7,
    provider_specific_entry: { us: 1.1, fast: 2 },
  },
})
const settings = { name: 'prices', source: 'fuzz', valid_from: Date.UTC(2026, 0, 1), valid_to: null }
const prices = (format: PriceFormat | undefined, corpus: readonly string[]): Target => ({
  name: `a price file (${format ?? 'recognised'})`,
  input: damagedText(corpus),
  run: text => orRefused(() => readPriceFile(text as string, format, settings)),
})

const invoices = [
  'Date,Service,Model,Quantity,Cost\n2026-06-01,OpenAI,gpt-4o,1000,0.25\n',
  'lineItem/UsageStartDate,lineItem/ProductCode,lineItem/UsageType,lineItem/UsageAmount,lineItem/UnblendedCost,lineItem/CurrencyCode\n' +
    '2026-06-01T00:00:00Z,AmazonBedrock,USE1-claude-3-5-sonnet-input-tokens,1000,0.003,USD\n',
  JSON.stringify({
    data: [{ start_time: 1_780_272_000, end_time: 1_780_358_400, results: [{ amount: { value: '0.06', currency: 'usd' } }] }],
  }),
]

/** Every target; `npm test` runs each for a moment, `npm test -- fuzz` for as long as it is told. */
export const targets: readonly Target[] = [
  ...dialects,
  {
    name: 'several lines of any dialect in one message',
    input: fc.array(fc.oneof(damagedText(examples.map(({ line }) => (typeof line === 'string' ? line : lineOf(line)))), fc.string()), {
      maxLength: 5,
    }),
    run: lines => decodes(accessRecord((lines as string[]).join('\n'))),
  },
  {
    name: 'an array of values',
    input: fc.array(damagedValue(examples.map(({ line }) => line)), { maxLength: 4 }).map(lineOf),
    run: text => decodes(accessRecord(text as string)),
  },
  { name: 'an exposition', input: damagedText(expositions), run: text => decodes(metricsRecord(text as string)) },
  ...(['logs', 'traces', 'metrics'] as const).map(
    (signal): Target => ({
      name: `an OTLP request (${signal})`,
      input: damagedBytes([protobufOf(signal)]),
      run: bytes => void readOtlp({ body: bytes as Buffer, signal, isBinary: true, maxLineBytes: 64 * 1024 }),
    }),
  ),
  ...(['1.0', '2.0'] as const).map(
    (version): Target => ({
      name: `a remote write request ${version}`,
      input: damagedBytes([writeOf(version === '1.0' ? 'remote_write_v1' : 'remote_write_v2')]),
      run: bytes => {
        const nowMs = Date.UTC(2026, 10, 23)
        readWrite({ body: bytes as Buffer, version, source: undefined, pools: undefined, nowMs })
      },
    }),
  ),
  {
    name: 'an alerting file',
    input: damagedText(fenced(page('docs/alerting.md'), 'yaml')),
    run: text => orRefused(() => readAlertingConfig(text as string, 'alerts.yaml')),
  },
  {
    name: 'a mapping file',
    input: damagedText([page('test/fixtures/custom-dialect.yaml'), ...fenced(page('docs/custom-dialects.md'), 'yaml')]),
    run: text => orRefused(() => parseMapping(text as string, 'mapping.yaml')),
  },
  {
    name: 'billing terms',
    input: damagedText([page('services/demo/simulation/terms.yaml'), ...fenced(page('docs/terms.md'), 'yaml')]),
    run: text => orRefused(() => parseTerms(text as string, { file: 'terms.yaml', version: 1 })),
  },
  prices('litellm', [litellmPrices]),
  prices('yaml', fenced(page('docs/prices.md'), 'yaml')),
  prices('csv', fenced(page('docs/prices.md'), 'csv')),
  prices('openrouter', [
    JSON.stringify({ data: [{ id: 'openai/gpt-4o', pricing: { prompt: '0.0000025', completion: '0.00001', request: '0' } }] }),
  ]),
  prices(undefined, [litellmPrices]),
  {
    name: 'an invoice',
    input: damagedText(invoices),
    run: text => orRefused(() => readInvoice(text as string, { name: 'invoice', timeZone: 'UTC' })),
  },
  {
    name: 'a mapping of an invoice',
    input: damagedText(fenced(page('docs/reconciliation.md'), 'yaml')),
    run: text => orRefused(() => readMapping(text as string, 'mapping.yaml')),
  },
  {
    name: 'a targets file',
    input: damagedText(fenced(page('docs/scraping.md'), 'json')),
    run: text => orRefused(() => parseTargetsConfig(text as string, 'targets.json')),
  },
]
