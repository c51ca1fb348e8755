import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { ClickHouse } from '../../services/platform/clickhouse/client.ts'
import type { AppError } from '../../services/platform/errors.ts'
import { type ClassedNames, openPriceBookStore } from '../../services/settle/price-book-store.ts'
import { openTestClickHouse } from '../fakes/clickhouse-server.ts'
import { attemptRow, insertAttempts, WINDOW_MS } from './attempt-rows.ts'
import { insertPrices, priceRow, putInForce } from './price-rows.ts'
import { settleWindow } from './settle-one.ts'

let clock = WINDOW_MS
const now = () => ++clock
const gpt4o: ClassedNames = {
  provider: 'openai',
  request_model: 'gpt-4o',
  response_model: 'gpt-4o',
  service_tier: '',
  region: '',
  price_modifiers: '',
  over_tokens: 0,
  priced_from_ms: 0,
}

function priceFile(t: TestContext, text: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'weir-prices-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  const file = join(directory, 'prices.json')
  writeFileSync(file, text)
  return file
}

const oneModel = JSON.stringify({
  'gpt-4o': { litellm_provider: 'openai', input_cost_per_token: 0.000002, output_cost_per_token: 0.00001 },
})

async function counts(clickhouse: ClickHouse): Promise<{ rows: number; versions: number }> {
  const [row] = await clickhouse.query<{ rows: number; versions: number }>(
    'SELECT count() AS rows, uniqExact(version) AS versions FROM {database}.prices',
  )
  return row ?? assert.fail()
}

async function addVersion(clickhouse: ClickHouse, version: number, unit_price: string): Promise<void> {
  await clickhouse.insert(
    'prices',
    ['version', 'provider', 'model', 'token_kind', 'threshold_operator', 'unit', 'unit_price', 'currency', 'valid_from', 'source'],
    [[version, 'openai', 'gpt-4o', 'input', '>', 'token', unit_price, 'USD', 0, 'by hand']],
  )
  await putInForce(clickhouse, [version])
}

async function settledCost(clickhouse: ClickHouse, store: Awaited<ReturnType<typeof openPriceBookStore>>): Promise<string | undefined> {
  await settleWindow(WINDOW_MS, { clickhouse, prices: store, now })
  const [row] = await clickhouse.query<{ cost: string }>('SELECT toString(sum(list_cost)) AS cost FROM {database}.usage_per_minute_current')
  return row?.cost
}

test('an empty book is filled once, with the shipped list; opening it again adds nothing', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  await openPriceBookStore({}, { clickhouse })
  const first = await counts(clickhouse)
  assert.ok(first.rows > 5_000)
  assert.equal(first.versions, 1)
  await openPriceBookStore({ pricesFile: priceFile(t, oneModel) }, { clickhouse })
  assert.deepEqual(await counts(clickhouse), first)
})

test('two processes that start on an empty book at once price as one alone', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const pricesFile = priceFile(t, oneModel)
  const [one, two] = await Promise.all([
    openPriceBookStore({ pricesFile }, { clickhouse }),
    openPriceBookStore({ pricesFile }, { clickhouse }),
  ])
  // Whether both or one of them found it empty depends on timing: the worst case is made certain, an insert that was tried again included.
  await clickhouse.command('INSERT INTO {database}.prices SELECT * FROM {database}.prices')
  await clickhouse.command(
    "INSERT INTO {database}.prices SELECT * REPLACE ('the slower one' AS import_id, unit_price * 3 AS unit_price) FROM {database}.prices",
  )
  await clickhouse.command(
    "INSERT INTO {database}.price_imports SELECT * REPLACE ('the slower one' AS import_id, imported_at + 1 AS imported_at) FROM " +
      '{database}.price_imports',
  )
  await insertAttempts(clickhouse, [attemptRow({ input_tokens: 1_000, output_tokens: 10 })])
  // 1,000 × 0.000002 + 10 × 0.00001
  assert.equal(await settledCost(clickhouse, one), '0.0021')
  assert.equal(await settledCost(clickhouse, two), '0.0021')
})

test('a new version is picked up by the next settling, under its own number', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const store = await openPriceBookStore({ pricesFile: priceFile(t, oneModel) }, { clickhouse })
  await insertAttempts(clickhouse, [attemptRow({ input_tokens: 1_000 })])
  assert.equal(await settledCost(clickhouse, store), '0.002')
  await addVersion(clickhouse, 2, '0.000003')
  assert.equal(await settledCost(clickhouse, store), '0.003')
  const versions = await clickhouse.query('SELECT price_version FROM {database}.settled_windows_current')
  assert.deepEqual(versions, [{ price_version: 2 }])
})

test('a line that arrives three days late is priced at the price of its own time, by the newest book', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const store = await openPriceBookStore({ pricesFile: priceFile(t, oneModel) }, { clickhouse })
  await insertAttempts(clickhouse, [attemptRow({ input_tokens: 1_000 })])
  assert.equal(await settledCost(clickhouse, store), '0.002')
  const dayLater = WINDOW_MS + 24 * 60 * 60_000
  await insertPrices(clickhouse, [priceRow({ unit_price: '0.000009', version: 2, valid_from: dayLater })])
  await insertAttempts(clickhouse, [
    attemptRow({ input_tokens: 1_000, started_at: WINDOW_MS + 30_000, received_at: WINDOW_MS + 3 * 24 * 60 * 60_000 }),
    attemptRow({ input_tokens: 1_000, started_at: dayLater }),
  ])
  assert.equal(await settledCost(clickhouse, store), '0.004')
  await settleWindow(dayLater, { clickhouse, prices: store, now })
  const costs = await clickhouse.query('SELECT toString(list_cost) AS cost FROM {database}.usage_per_minute_current ORDER BY window_start')
  assert.deepEqual(costs, [{ cost: '0.004' }, { cost: '0.009' }])
})

test('a version that is added while another is read changes none of its prices', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  await openPriceBookStore({ pricesFile: priceFile(t, oneModel) }, { clickhouse })
  await insertAttempts(clickhouse, [attemptRow({ input_tokens: 1_000 })])
  let isAdded = false
  const raced: ClickHouse = {
    ...clickhouse,
    async query<Row>(sql: string, ...rest: [Record<string, unknown>?]) {
      if (sql.includes('SELECT DISTINCT version') && !isAdded) {
        isAdded = true
        await addVersion(clickhouse, 2, '0.000009')
      }
      return await clickhouse.query<Row>(sql, ...rest)
    },
  }
  const store = await openPriceBookStore({}, { clickhouse: raced })
  const { version, currency, cover } = await store.begin({ fromMs: WINDOW_MS, untilMs: WINDOW_MS + 60_000 })
  assert.deepEqual([version, currency], [1, 'USD'])
  assert.ok(isAdded)
  await cover([gpt4o])
  const prices = await clickhouse.query("SELECT price_version, toString(unit_prices['input']) AS input FROM {database}.prices_in_force")
  assert.deepEqual(prices, [{ price_version: 1, input: '0.000002' }])
})

test('a version that was cut off before its trail is not in force, and never comes into it', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  await clickhouse.insert(
    'prices',
    ['version', 'provider', 'model', 'token_kind', 'threshold_operator', 'unit', 'unit_price', 'currency', 'valid_from', 'source'],
    [[1, 'openai', 'gpt-4o', 'input', '>', 'token', '9', 'USD', 0, 'cut off']],
  )
  const store = await openPriceBookStore({ pricesFile: priceFile(t, oneModel) }, { clickhouse })
  await insertAttempts(clickhouse, [attemptRow({ input_tokens: 1_000 })])
  assert.equal(await settledCost(clickhouse, store), '0.002')
})

test('names are written once, and those without a price not at all', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const inserts: unknown[][] = []
  const watched: ClickHouse = {
    ...clickhouse,
    async insert(table, columns, rows) {
      if (table === 'prices_in_force') inserts.push(rows.map(row => row[3]))
      await clickhouse.insert(table, columns, rows)
    },
  }
  const store = await openPriceBookStore({ pricesFile: priceFile(t, oneModel) }, { clickhouse: watched })
  const invented = Array.from({ length: 50 }, (_, n) => attemptRow({ request_model: `invented-${n}`, response_model: `invented-${n}` }))
  await insertAttempts(clickhouse, [attemptRow({ input_tokens: 10 }), ...invented])
  await settledCost(clickhouse, store)
  await settledCost(clickhouse, store)
  assert.deepEqual(inserts.flat(), ['gpt-4o'])
})

test('the prices of audio and images and the import of each band stand beside it', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const entry = {
    litellm_provider: 'openai',
    input_cost_per_token: 0.000002,
    input_cost_per_audio_token: 0.00004,
    output_cost_per_token: 0.00001,
  }
  const store = await openPriceBookStore({ pricesFile: priceFile(t, JSON.stringify({ 'gpt-4o': entry })) }, { clickhouse })
  await insertAttempts(clickhouse, [attemptRow({ input_tokens: 10 })])
  await settledCost(clickhouse, store)
  const [row] = await clickhouse.query(
    `SELECT toString(unit_prices['audio_input']) AS audio_input, toString(unit_prices['image_input']) AS image_input,
       toString(unit_prices['audio_output']) AS audio_output, row_version
     FROM {database}.prices_in_force`,
  )
  assert.deepEqual(row, { audio_input: '0.00004', image_input: '0.000002', audio_output: '0.00001', row_version: 1 })
})

const faulty: [name: string, text: string][] = [
  ['not JSON', '{"gpt-4o": '],
  ['no object', '[1, 2]'],
  ['no price in it', '{"gpt-4o": {"litellm_provider": "openai", "input_cost_per_token": "free"}}'],
]
for (const [name, text] of faulty) {
  test(`a price file is refused and nothing of it stored – ${name}`, async t => {
    const { clickhouse } = await openTestClickHouse(t)
    const opening = openPriceBookStore({ pricesFile: priceFile(t, text) }, { clickhouse })
    await assert.rejects(opening, (error: AppError) => error.code === 'PRICE_INVALID')
    assert.equal((await counts(clickhouse)).rows, 0)
  })
}

test('a price file that is not there is refused by its name', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const opening = openPriceBookStore({ pricesFile: '/nonexistent/prices.json' }, { clickhouse })
  await assert.rejects(opening, (error: AppError) => error.code === 'PRICE_INVALID' && error.message.includes('/nonexistent/prices.json'))
})
