import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { pricesCommand } from '../../services/cli/prices/prices-command.ts'
import { openPriceBookStore } from '../../services/settle/price-book-store.ts'
import { openTestClickHouse, type TestClickHouse } from '../fakes/clickhouse-server.ts'
import { attemptRow, insertAttempts, WINDOW_MS } from '../settle/attempt-rows.ts'
import { settleWindow } from '../settle/settle-one.ts'
import { runTool } from './run-tool.ts'

const folder = mkdtempSync(join(tmpdir(), 'weir-prices-'))
after(() => rmSync(folder, { recursive: true, force: true }))
function write(name: string, content: string | Uint8Array): string {
  writeFileSync(join(folder, name), content)
  return join(folder, name)
}

const NOW = Date.UTC(2026, 11, 1)
const entry = (input: string) => `{"litellm_provider": "openai", "input_cost_per_token": ${input}, "output_cost_per_token": 1e-05}`
const august = write('august.json', `{"gpt-4o": ${entry('2e-06')}, "o3": ${entry('2e-06')}}`)

const prices = (database: TestClickHouse, ...args: string[]) =>
  runTool(pricesCommand, args, database, { environment: { WEIR_PRICES_FILE: august }, nowMs: NOW })
const versions = async ({ clickhouse }: TestClickHouse) => {
  const [row] = await clickhouse.query<{ prices: number; imports: number }>(
    'SELECT (SELECT count() FROM {database}.prices) AS prices, (SELECT count() FROM {database}.price_imports) AS imports',
  )
  return row
}

test('an import shows its diff, is one version with its trail, and a dry run stores nothing', async t => {
  const database = await openTestClickHouse(t)
  const file = write('december.json.gz', gzipSync(`{"gpt-4o": ${entry('3e-06')}}`))
  const dry = await prices(database, 'import', file, '--dry-run')
  assert.equal(dry.code, 0)
  assert.match(dry.out, /changed {4}1 price\(s\) of 1 model\(s\)\ndropped {4}2 price\(s\) of 1 model\(s\).*\nunchanged {2}0 model/)
  assert.match(dry.out, /changed +openai +gpt-4o +input .* 0\.000002 +0\.000003 +1\.5 /)
  // The list that comes with Weir, or WEIR_PRICES_FILE, is there before anything is compared with it.
  assert.deepEqual(await versions(database), { prices: 4, imports: 1 })
  const done = await prices(database, 'import', file, '--by', 'ada', '--reason', 'new list')
  assert.deepEqual([done.code, await versions(database)], [0, { prices: 7, imports: 2 }])
  const again = await prices(database, 'import', file)
  assert.match(again.err, /nothing to store: the price book says all of this already/)
  assert.deepEqual(await versions(database), { prices: 7, imports: 2 })
  const [newest] = JSON.parse((await prices(database, 'history', '--format', 'json')).out)
  assert.deepEqual(
    [newest.version, newest.kind, newest.imported_by, newest.reason, newest.source, newest.rows],
    [2, 'import', 'ada', 'new list', 'litellm december.json.gz', 3],
  )
  const shown = JSON.parse((await prices(database, 'show', 'gpt-4o', '--provider', 'openai', '--format', 'json')).out)
  assert.deepEqual(
    shown.map((row: Record<string, unknown>) => [row['token_kind'], row['unit_price'], row['version'], row['valid_from']]),
    [
      ['input', '0.000003', 2, '2026-12-01T00:00:00.000Z'],
      ['output', '0.00001', 2, '2026-12-01T00:00:00.000Z'],
    ],
  )
  const before = JSON.parse((await prices(database, 'show', 'gpt-4o', '--at', '2026-11-30', '--format', 'json')).out)
  assert.equal(before[0].unit_price, '0.000002')
  assert.match((await prices(database, 'show', 'o3', '--provider', 'openai')).err, /unpriced at that time/)
  assert.match((await prices(database, 'list', '4o')).out, /openai +gpt-4o +3 +– +10 +USD/)
})

test('whatever is wrong with a price, nothing is stored and the row is named; --skip-refused stores the rest', async t => {
  const database = await openTestClickHouse(t)
  await prices(database, 'import', august)
  const before = await versions(database)
  const header = 'provider,model,token_kind,unit_price,valid_from'
  const wrong: [row: string, message: RegExp][] = [
    ['openai,gpt-4o,input,-1,', /bad.csv:3: gpt-4o unit_price "-1" – "-1" is negative/],
    ['openai,gpt-4o,input,NaN,', /bad.csv:3: gpt-4o unit_price "NaN" – "NaN" is not a finite decimal number/],
    ['openai,gpt-4o,input,1e400,', /bad.csv:3: gpt-4o unit_price "1e400" – "1e400" is 10\^20 or more/],
    ['openai,gpt-4o,input,0.002,', /bad.csv:3: gpt-4o unit_price "0.002" – absurd: more than 100 times the former 0.000002/],
    ['openai,new,input,0.000001,2027-02-01', /bad.csv:3: new valid_from – overlaps another price for the same thing/],
    ['openai,gpt-4o,input,0.000001,2026-11-30', /bad.csv:3: gpt-4o valid_from .* lies in the past, which an import never changes/],
  ]
  for (const [row, message] of wrong) {
    const run = await prices(database, 'import', write('bad.csv', `${header}\nopenai,new,input,0.000001,2027-01-01\n${row}\n`))
    assert.equal(run.code, 1)
    assert.match(run.out, message)
    assert.match(run.err, /nothing was stored/)
    assert.deepEqual(await versions(database), before, row)
  }
  const rest = await prices(
    database,
    'import',
    write('bad.csv', `${header}\nopenai,new,input,0.000001,2027-01-01\n${wrong[1]?.[0]}\n`),
    '--skip-refused',
  )
  assert.deepEqual([rest.code, await versions(database)], [0, { prices: 5, imports: 2 }])
})

test('an import that was cut off before its trail changes no price, and the next one does not bring it into force', async t => {
  const database = await openTestClickHouse(t)
  await prices(database, 'import', august)
  await database.clickhouse.command(
    "INSERT INTO {database}.prices SELECT * REPLACE (2 AS version, unit_price * 2 AS unit_price, 'cut off' AS import_id) FROM " +
      '{database}.prices',
  )
  const shown = async () => JSON.parse((await prices(database, 'list', 'o3', '--format', 'json')).out)[0]
  assert.deepEqual([(await shown()).input, (await shown()).version], ['2', 1])
  await prices(database, 'import', write('new.yaml', 'prices: [{provider: openai, model: new, per_token: {input: 0.000001}}]'))
  assert.deepEqual([(await shown()).input, (await shown()).version], ['2', 1])
  const [newest] = JSON.parse((await prices(database, 'history', '--format', 'json')).out)
  assert.deepEqual([newest.version, newest.rows], [3, 1])
})

test('two imports at the same moment: one is in force, the other says that it is not', async t => {
  const database = await openTestClickHouse(t)
  await prices(database, 'import', august)
  const file = (price: string) => write(`at-once-${price}.yaml`, `prices: [{provider: openai, model: new, per_token: {input: ${price}}}]`)
  const runs = await Promise.all([prices(database, 'import', file('0.000001')), prices(database, 'import', file('0.000002'))])
  const [shown] = JSON.parse((await prices(database, 'list', 'new', '--format', 'json')).out)
  const stored = runs.filter(run => run.code === 0)
  assert.ok(stored.length >= 1)
  for (const run of runs.filter(one => one.code !== 0))
    assert.match(run.err, /was taken by another import at the same moment; run this one again/)
  assert.ok(['1', '2'].includes(shown.input))
})

test('arguments that cannot be meant end with 2, a file that is not there with 1', async t => {
  const database = await openTestClickHouse(t)
  const wrong: [string[], RegExp][] = [
    [['import'], /missing required argument 'FILE'/],
    [['import', 'a', 'b'], /too many arguments for 'import'/],
    [['import', august, '--from', 'yesterday'], /--from yesterday is no time/],
    [['import', august, '--from', '2026-11-30'], /the past, which an import never changes: use `weir prices correct`/],
    [['import', august, '--format', 'xml'], /'xml' is invalid. Allowed choices are auto, litellm/],
    [['import', august, '--loud'], /unknown option '--loud'/],
    [['export'], /unknown command 'export'/],
  ]
  for (const [args, message] of wrong) {
    const run = await prices(database, ...args)
    assert.equal(run.code, 2, args.join(' '))
    assert.match(run.err, message)
  }
  const missing = await prices(database, 'import', join(folder, 'missing.yaml'))
  assert.equal(missing.code, 1)
  assert.match(missing.err, /^weir prices: .*missing.yaml: the price file cannot be read/m)
  assert.equal((await prices(database, '--help')).code, 0)
})

test('unpriced lists what was used without a price, with its volume and why', async t => {
  const database = await openTestClickHouse(t)
  const { clickhouse } = database
  const whisper = '{"litellm_provider": "openai", "mode": "audio_transcription", "input_cost_per_second": 0.0001}'
  const batch = '{"litellm_provider": "openai", "mode": "chat", "input_cost_per_token_batches": 0.000001}'
  const pricesFile = write('with-whisper.json', `{"gpt-4o": ${entry('2e-06')}, "whisper-1": ${whisper}, "only-batch": ${batch}}`)
  const store = await openPriceBookStore({ pricesFile }, { clickhouse })
  const usage = { input_tokens: 700, output_tokens: 30 }
  await insertAttempts(clickhouse, [
    attemptRow(usage),
    attemptRow({ response_model: 'mystery', request_model: 'mystery', ...usage }),
    attemptRow({ response_model: 'mystery', request_model: 'mystery', tenant_id: 'other', ...usage }),
    attemptRow({ billed_units: 'web_search=3', ...usage }),
    attemptRow({ response_model: 'only-batch', request_model: 'only-batch', service_tier: 'batch', ...usage }),
    attemptRow({ response_model: 'only-batch', request_model: 'only-batch', ...usage }),
    attemptRow({ response_model: 'whisper-1', request_model: 'whisper-1', input_tokens: 0, cached_input_tokens: 0, output_tokens: 0 }),
  ])
  await settleWindow(WINDOW_MS, { clickhouse, prices: store, now: () => WINDOW_MS })
  const all = JSON.parse((await prices(database, 'unpriced', '--format', 'json')).out)
  assert.deepEqual(
    all.map((row: Record<string, unknown>) => [
      row['provider'],
      `${row['response_model']} ${row['service_tier']}`.trim(),
      row['attempts'],
      row['tokens'],
      row['tenants'],
      row['kinds'],
      row['reason'],
    ]),
    [
      ['openai', 'mystery', 2, 1_460, 2, 'input 1400, output 60', 'not in the price book'],
      ['openai', 'only-batch', 1, 730, 1, 'input 700, output 30', 'not in the price book'],
      ['openai', 'only-batch batch', 1, 30, 1, 'output 30', 'no price of that time or kind under only-batch'],
      ['openai', 'gpt-4o', 1, 0, 1, 'web_search 3', 'no price of that time or kind under gpt-4o'],
      ['openai', 'whisper-1', 1, 0, 1, '', 'whisper-1 is billed by a unit that the lines do not tell'],
    ],
  )
  assert.equal((await prices(database, 'unpriced', '--from', '2026-11-25')).out, 'nothing')
})
