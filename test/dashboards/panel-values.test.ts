import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { DAY, HOUR, MINUTE } from '../../services/platform/clock.ts'
import { makeDays, makeHours } from '../../services/settle/hours.ts'
import { insertRows, NOW_MS, openTestApi, usageRow } from '../api/fixture.ts'

const api = await openTestApi({ after })
const { clickhouse } = api
const START_MS = Date.parse('2026-01-27T00:00:00Z')

interface Minute {
  atMs: number
  tenant: string
  model: string
  requests: number
  successes: number
  cents: number
  fresh: number
  cached: number
  output: number
  isEuro: boolean
}

/** A minute of each of 96 hours, of two tenants in turn, with a euro now and then. */
const minutes: Minute[] = Array.from({ length: 96 }, (_, n) => ({
  atMs: START_MS + n * HOUR + ((n * 7) % 60) * MINUTE,
  ...{ tenant: n % 3 ? 'acme' : 'globex', model: n % 2 ? 'm1' : 'm2', requests: 10 + n, successes: 9 + n - (n % 5), cents: 100 + n * 3 },
  ...{ fresh: 1_000 + n, cached: n * 2, output: 50 + n, isEuro: n % 11 === 0 },
}))

async function settle(rows: readonly Minute[], version: number, double: number): Promise<void> {
  const windows = rows.map(({ atMs }) => ({ window_start: atMs / 1000, settle_version: version, settled_at: NOW_MS, attempts: 1 }))
  await insertRows(clickhouse, 'settled_windows', windows)
  const cells = rows.map(one => ({
    ...usageRow('00:00', one.tenant, { request_model: one.model, response_model: one.model, settle_version: version }),
    ...{ window_start: one.atMs / 1000, requests: one.requests * double, successful_requests: one.successes * double, attempts: 1 },
    ...{ list_cost: ((one.cents * double) / 100).toFixed(2), currency: one.isEuro ? 'EUR' : 'USD', output_tokens: one.output * double },
    ...{ input_tokens: (one.fresh + one.cached) * double, cached_input_tokens: one.cached * double },
  }))
  await insertRows(clickhouse, 'usage_per_minute', cells)
}

before(async () => {
  await settle(minutes, 1, 1)
  const deps = { clickhouse, now: () => NOW_MS }
  while ((await makeHours({ quietMs: -1 }, deps)) > 0);
  while ((await makeDays(deps)) > 0);
  // Hours that are made of what is no longer so: their minutes count, and their days are not read whole.
  await settle(minutes.slice(40, 42), 2, 2)
})

const now = minutes.map((one, n) =>
  n < 40 || n > 41
    ? one
    : {
        ...one,
        ...{ requests: one.requests * 2, successes: one.successes * 2, cents: one.cents * 2 },
        ...{ fresh: one.fresh * 2, cached: one.cached * 2, output: one.output * 2 },
      },
)
const within = (fromMs: number, toMs: number) => now.filter(({ atMs }) => atMs >= fromMs && atMs < toMs)
const sum = (rows: readonly Minute[], of: (one: Minute) => number) => rows.reduce((total, one) => total + of(one), 0)
const dollars = (rows: readonly Minute[]) => sum(rows, one => (one.isEuro ? 0 : one.cents)) / 100

async function ask(panel: string, fromMs: number, toMs: number, more = ''): Promise<Record<string, unknown>[]> {
  const range = `from=${new Date(fromMs).toISOString()}&to=${new Date(toMs).toISOString()}`
  const { body, text } = await api.get(`/v1/panels/${panel}?${range}${more}`, 'fake-operator')
  assert.ok(body.rows, text)
  return body.rows
}

/** Whole days, days cut at minutes, and less than an hour. */
const ranges = [
  [START_MS, START_MS + 4 * DAY],
  [START_MS + 5 * HOUR + 13 * MINUTE, START_MS + 3 * DAY + 40 * MINUTE],
  [START_MS + 41 * HOUR, START_MS + 41 * HOUR + 50 * MINUTE],
] as const

test('totals are those of the minutes, whichever of days, hours and minutes they are read from', async () => {
  for (const [fromMs, toMs] of ranges) {
    const rows = within(fromMs, toMs)
    const [kept] = await ask('promise-kept', fromMs, toMs)
    assert.deepEqual(
      [kept?.['requests'], kept?.['successful_requests'], kept?.['value']],
      [sum(rows, one => one.requests), sum(rows, one => one.successes), sum(rows, one => one.successes) / sum(rows, one => one.requests)],
    )
    const byTenant = Object.fromEntries((await ask('who-spends', fromMs, toMs)).map(row => [row['tenant_id'], row]))
    for (const tenant of new Set(rows.map(one => one.tenant))) {
      const own = rows.filter(one => one.tenant === tenant)
      near(byTenant[tenant]?.['cost'], dollars(own))
      assert.equal(
        byTenant[tenant]?.['requests'],
        sum(own, one => one.requests),
      )
      near(byTenant[tenant]?.['cached_ratio'], sum(own, one => one.cached) / sum(own, one => one.cached + one.fresh))
    }
  }
})

test('steps of a day, an hour and five minutes are whole ones, each with the sum of its minutes', async () => {
  const [fromMs, toMs] = [START_MS + 5 * HOUR + 13 * MINUTE, START_MS + 4 * DAY]
  for (const [step, lengthMs] of [
    ['1d', DAY],
    ['1h', HOUR],
    ['5m', 5 * MINUTE],
  ] as const) {
    const settledUntil = (now.at(-1)?.atMs as number) + MINUTE
    const [first, end] = [Math.ceil(fromMs / lengthMs) * lengthMs, Math.floor(settledUntil / lengthMs) * lengthMs]
    const rows = await ask('tokens-by-kind', fromMs, toMs, `&step=${step}`)
    const given = rows.filter(({ series }) => series === 'fresh input').map(row => [Date.parse(String(row['time'])), row['value']])
    const wanted = Map.groupBy(within(first, end), ({ atMs }) => atMs - (atMs % lengthMs))
    assert.deepEqual(
      given,
      [...wanted].map(([time, own]) => [time, sum(own, one => one.fresh)]),
      step,
    )
  }
})

test('movers hold the range against the one of the same length before it', async () => {
  for (const [fromMs, toMs] of [
    [START_MS + 2 * DAY, START_MS + 4 * DAY],
    [START_MS + 45 * HOUR + 7 * MINUTE, START_MS + 80 * HOUR],
  ] as const) {
    const rows = await ask('movers', fromMs, toMs)
    assert.equal(rows.length, 4)
    for (const row of rows) {
      const own = (one: Minute) => one.tenant === row['tenant_id'] && one.model === row['model']
      near(row['cost'], dollars(within(fromMs, toMs).filter(own)))
      near(row['cost_before'], dollars(within(2 * fromMs - toMs, fromMs).filter(own)))
      assert.equal(
        row['requests_before'],
        sum(within(2 * fromMs - toMs, fromMs).filter(own), one => one.requests),
      )
    }
    const differences = rows.map(row => Math.abs(Number(row['difference'])))
    assert.deepEqual(
      differences,
      differences.toSorted((a, b) => b - a),
    )
  }
})

test('the series that come to most stand alone, the others are summed as one', async () => {
  const settled = [{ window_start: (START_MS + 5 * DAY) / 1000, settle_version: 1, settled_at: NOW_MS, attempts: 1 }]
  await insertRows(clickhouse, 'settled_windows', settled)
  const rows = Array.from({ length: 10 }, (_, n) => ({
    ...usageRow('00:00', `t${n}`, { list_cost: String(n + 1), requests: 1, attempts: 1 }),
    window_start: (START_MS + 5 * DAY) / 1000,
  }))
  await insertRows(clickhouse, 'usage_per_minute', rows)
  const given = await ask('spend-in-time', START_MS + 5 * DAY, START_MS + 5 * DAY + HOUR, '&step=1m')
  const bySeries = Object.fromEntries(given.map(row => [row['series'], row['value']]))
  assert.deepEqual(bySeries, { ...Object.fromEntries([3, 4, 5, 6, 7, 8, 9].map(n => [`t${n}`, n + 1])), other: 1 + 2 + 3 })
})

/** Money is drawn as a float: equal to a billionth. */
function near(given: unknown, wanted: number): void {
  assert.ok(Math.abs(Number(given) - wanted) <= 1e-9 * Math.max(1, Math.abs(wanted)), `${given} instead of ${wanted}`)
}
