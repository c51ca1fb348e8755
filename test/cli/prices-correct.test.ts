import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { topics, WINDOW_TOUCHED_TOPIC } from '../../schemas/topics.ts'
import type { WindowTouched } from '../../schemas/window-events.ts'
import { pricesCommand } from '../../services/cli/prices/prices-command.ts'
import { add, formatDecimal, parseDecimal } from '../../services/money/decimal.ts'
import { readRepricingMinutes } from '../../services/money/price-book/repricing.ts'
import { MINUTE } from '../../services/platform/clock.ts'
import { openPriceBookStore } from '../../services/settle/price-book-store.ts'
import { openTestClickHouse, type TestClickHouse } from '../fakes/clickhouse-server.ts'
import { buildInMemoryEventLog, type InMemoryEventLog } from '../fakes/in-memory-event-log.ts'
import { attemptRow, insertAttempts } from '../settle/attempt-rows.ts'
import { settleWindow } from '../settle/settle-one.ts'
import { runTool } from './run-tool.ts'

const folder = mkdtempSync(join(tmpdir(), 'weir-correct-'))
after(() => rmSync(folder, { recursive: true, force: true }))
function write(name: string, content: string): string {
  writeFileSync(join(folder, name), content)
  return join(folder, name)
}

const OCTOBER = Date.UTC(2026, 9, 31, 23, 58)
const NOVEMBER = Date.UTC(2026, 10, 24, 14, 37)
const CHANGE = Date.UTC(2026, 10, 24, 14, 37, 12)
const NOW = Date.UTC(2026, 11, 1)
const entry = '{"litellm_provider": "openai", "input_cost_per_token": 2e-06, "output_cost_per_token": 1e-05}'
const august = write('august.json', `{"gpt-4o": ${entry}, "o3": ${entry}}`)
let clock = NOW
const now = () => ++clock

interface Bench extends TestClickHouse {
  eventLog: InMemoryEventLog
  settle(windows: readonly number[], onlyIfChanged?: boolean): Promise<void>
}

/** Two months, two tenants, two models; everything settled. */
async function openBench(t: Parameters<typeof openTestClickHouse>[0]): Promise<Bench> {
  const database = await openTestClickHouse(t)
  const { clickhouse } = database
  const store = await openPriceBookStore({ pricesFile: august }, { clickhouse })
  const usage = { input_tokens: 1_000, output_tokens: 100 }
  const at = (started_at: number, tenant_id: string, response_model = 'gpt-4o') =>
    attemptRow({ started_at, tenant_id, request_model: response_model, response_model, ...usage, is_sole_row: true })
  await insertAttempts(clickhouse, [
    at(OCTOBER, 'acme'),
    at(CHANGE - 1, 'acme'),
    at(CHANGE, 'acme'),
    at(NOVEMBER + 5 * MINUTE, 'globex'),
    at(NOVEMBER + 6 * MINUTE, 'globex', 'o3'),
  ])
  const settle = async (windows: readonly number[], onlyIfChanged = false) => {
    for (const window of windows) await settleWindow(window, { clickhouse, prices: store, now }, { onlyIfChanged })
  }
  await settle([OCTOBER, NOVEMBER, NOVEMBER + 5 * MINUTE, NOVEMBER + 6 * MINUTE])
  return { ...database, eventLog: buildInMemoryEventLog({ topics }), settle }
}

const prices = (bench: Bench, ...args: string[]) =>
  runTool(pricesCommand, args, bench, { environment: { WEIR_PRICES_FILE: august }, nowMs: NOW, eventLog: bench.eventLog })
const touched = (bench: Bench) =>
  bench.eventLog.recordsOf(WINDOW_TOUCHED_TOPIC).map(record => JSON.parse(Buffer.from(record.value).toString()) as WindowTouched)
const costs = async ({ clickhouse }: Bench) => {
  const rows = await clickhouse.query<{ tenant_id: string; month: string; cost: string }>(
    `SELECT tenant_id, formatDateTime(window_start, '%Y-%m', 'UTC') AS month, toString(sum(list_cost)) AS cost
     FROM {database}.usage_per_minute_current GROUP BY tenant_id, month ORDER BY tenant_id, month`,
  )
  return Object.fromEntries(rows.map(row => [`${row.tenant_id} ${row.month}`, row.cost]))
}

/** Only the input price is another: 3e-6. */
const corrected = (from: string) =>
  write(
    'corrected.yaml',
    `prices:\n  - {provider: openai, model: gpt-4o, valid_from: ${from}, per_token: {input: 0.000003, output: 0.00001}}\n`,
  )

test('a correction shows the money by tenant and month, writes nothing until it is told to, then settles what it touches', async t => {
  const bench = await openBench(t)
  const before = await costs(bench)
  assert.deepEqual(before, { 'acme 2026-10': '0.003', 'acme 2026-11': '0.006', 'globex 2026-11': '0.006' })
  const file = corrected('2026-10-01')
  const preview = await prices(bench, 'correct', file, '--reason', 'contract of October')
  assert.equal(preview.code, 0, preview.err)
  assert.match(preview.err, /a preview: nothing was stored; --yes stores it/)
  const money = [...preview.out.matchAll(/^(acme|globex) +(2026-\d\d) +(\S+) +(\S+) +(\S+) +USD +open: settled again$/gm)].map(found =>
    found.slice(1),
  )
  // 1,000 input tokens more expensive by 1e-6 each, once in October and twice in November; globex only for gpt-4o.
  assert.deepEqual(money, [
    ['acme', '2026-10', '0.003', '0.004', '0.001'],
    ['acme', '2026-11', '0.006', '0.008', '0.002'],
    ['globex', '2026-11', '0.003', '0.004', '0.001'],
  ])
  assert.match(preview.out, /^all +0\.012 +0\.016 +0\.004 +USD$/m)
  const forPrograms = JSON.parse((await prices(bench, 'correct', file, '--reason', 'contract of October', '--json')).out)
  assert.deepEqual(
    [forPrograms.changes.length, forPrograms.months.map((one: Record<string, string>) => one['difference'])],
    [1, ['0.001', '0.002', '0.001']],
  )
  assert.deepEqual([touched(bench), await costs(bench)], [[], before])

  const done = await prices(bench, 'correct', file, '--reason', 'contract of October', '--by', 'ada', '--yes')
  assert.equal(done.code, 0, done.err)
  const windows = touched(bench)
  assert.deepEqual(
    windows.map(event => [event.window_start_ms, event.cause, event.rows]),
    [OCTOBER, NOVEMBER, NOVEMBER + 5 * MINUTE].map(window => [window, 'prices', 0]),
  )
  const waiting = async () => await readRepricingMinutes({ start_ms: OCTOBER, end_ms: NOVEMBER + 60 * MINUTE }, bench.clickhouse)
  assert.equal(await waiting(), 3)
  await bench.settle(
    windows.map(event => event.window_start_ms),
    true,
  )
  assert.equal(await waiting(), 0)
  assert.deepEqual(await costs(bench), { 'acme 2026-10': '0.004', 'acme 2026-11': '0.008', 'globex 2026-11': '0.007' })
  const [trail] = JSON.parse((await prices(bench, 'history', '--format', 'json')).out)
  assert.deepEqual(
    [trail.kind, trail.imported_by, trail.reason, trail.valid_from],
    ['correct', 'ada', 'contract of October', '2026-10-01T00:00:00.000Z'],
  )
})

test('the preview tells months whose statement is closed, in the tenant’s zone, from open ones', async t => {
  const bench = await openBench(t)
  const hour = 60 * MINUTE
  // A zone one hour east of UTC: its November begins at 23:00 of October 31 UTC, its October has ended by then.
  const [start, end] = [Date.UTC(2026, 10, 1) - hour, Date.UTC(2026, 11, 1) - hour]
  await bench.clickhouse.insert(
    'statements',
    ['tenant_id', 'month', 'period_start_ms', 'period_end_ms'],
    [
      ['acme', '2026-10', Date.UTC(2026, 9, 1) - hour, start],
      ['acme', '2026-11', start, end],
      ['globex', '2026-10', Date.UTC(2026, 9, 1) - hour, start],
    ],
  )
  const preview = await prices(bench, 'correct', corrected('2026-10-01'), '--reason', 'test', '--json')
  const months = JSON.parse(preview.out).months.map((one: Record<string, string>) => [
    one['tenant_id'],
    one['month'],
    one['difference'],
    one['state'],
  ])
  assert.deepEqual(months, [
    // Two of November by UTC, and the one of 23:58 on October 31 UTC.
    ['acme', '2026-11', '0.003', 'closed: becomes corrections'],
    ['globex', '2026-11', '0.001', 'open: settled again'],
  ])
})

test('a price that is corrected from 14:37:12 on splits the requests of that minute; the preview takes the minute whole', async t => {
  const bench = await openBench(t)
  const file = corrected('2026-11-24T14:37:12Z')
  const preview = await prices(bench, 'correct', file, '--reason', 'test')
  assert.match(preview.out, /approximate for gpt-4o: a price begins within a minute/)
  await prices(bench, 'correct', file, '--reason', 'test', '--yes')
  await bench.settle(
    touched(bench).map(event => event.window_start_ms),
    true,
  )
  // Of acme's two requests in the minute only the one at :12 pays more.
  assert.deepEqual(await costs(bench), { 'acme 2026-10': '0.003', 'acme 2026-11': '0.007', 'globex 2026-11': '0.007' })
})

test('the preview of a correction with an end is what settling then comes to, whatever the prices', async t => {
  const bench = await openBench(t)
  const before = await costs(bench)
  const rows = [
    'openai,gpt-4o,input,0.000000123456789012,2026-11-01,2026-11-24T14:40:00Z',
    'openai,gpt-4o,output,0.000031,2026-11-01,2026-11-24T14:40:00Z',
    'openai,o3,input,0.0000041,2026-11-01,',
  ]
  const file = write('corrected.csv', `provider,model,token_kind,unit_price,valid_from,valid_to\n${rows.join('\n')}\n`)
  const preview = await prices(bench, 'correct', file, '--reason', 'test', '--yes')
  assert.equal(preview.code, 0, preview.err)
  await bench.settle(
    touched(bench).map(event => event.window_start_ms),
    true,
  )
  const afterwards = await costs(bench)
  const previewed = [...preview.out.matchAll(/^(acme|globex) +(2026-\d\d) +(\S+) +(\S+) +(\S+) +USD +open: settled again$/gm)]
  assert.ok(previewed.length >= 2)
  for (const [, tenant, month, , , difference] of previewed) {
    const key = `${tenant} ${month}`
    assert.equal(formatDecimal(add(parseDecimal(before[key] ?? ''), parseDecimal(difference ?? ''))), afterwards[key], key)
  }
  assert.equal(afterwards['acme 2026-10'], before['acme 2026-10'])
})

test('a correction needs a reason and a past, and other models are not settled again', async t => {
  const bench = await openBench(t)
  const file = corrected('2026-10-01')
  assert.deepEqual([(await prices(bench, 'correct', file)).code, (await prices(bench, 'correct', file, '--reason', ' ')).code], [2, 2])
  const future = await prices(bench, 'correct', corrected('2027-01-01'), '--reason', 'test')
  assert.match(future.err, /no price of the file begins in the past/)
  const other = write('other.yaml', 'prices:\n  - {provider: openai, model: gpt-3, valid_from: 2026-10-01, per_token: {input: 0.000003}}\n')
  const run = await prices(bench, 'correct', other, '--reason', 'test', '--yes')
  assert.deepEqual([run.code, touched(bench)], [0, []])
  assert.match(run.out, /No charge of a settled minute changes/)
})

test('windows whose requests may reach into an affected one are settled again too', async t => {
  const bench = await openBench(t)
  await insertAttempts(bench.clickhouse, [
    attemptRow({
      started_at: NOVEMBER - 3 * MINUTE,
      tenant_id: 'stark',
      request_id: 'long',
      attempt_no: 1,
      response_model: 'o3',
      request_model: 'o3',
    }),
    attemptRow({ started_at: NOVEMBER + 5 * MINUTE, tenant_id: 'stark', request_id: 'long', attempt_no: 2 }),
  ])
  await bench.settle([NOVEMBER - 3 * MINUTE, NOVEMBER + 5 * MINUTE])
  await prices(bench, 'correct', corrected('2026-11-24T14:40:00Z'), '--reason', 'test', '--yes')
  const windows = touched(bench).map(event => (event.window_start_ms - NOVEMBER) / MINUTE)
  // The minute in between has only requests of one row each, which reach nowhere.
  assert.deepEqual(windows, [-3, 5])
})
