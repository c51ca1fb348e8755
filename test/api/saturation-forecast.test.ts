import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { HOUR_OF_TEST, insertRows, openTestApi, poolRow, publish } from './fixture.ts'

const api = await openTestApi({ after })
const clocks = Array.from({ length: 30 }, (_, minute) => `09:${String(minute).padStart(2, '0')}`)

/** A minute of two engines at `load` of what their cache holds: the time between tokens stays, so what runs goes with the load. */
const minuteAt = (load: number) => ({
  ...{ engines: 2, samples: 8, running: 40 * load, waiting: 0, waiting_max: 0, waiting_last: 0, kv_cache_use_ratio: 0.9 * load },
  ...{ queue_ms: 100, ttft_ms: 100, first_tokens: 240 * load, input_tokens_per_s: 3000 * load, output_tokens_per_s: 800 * load },
  ...{ requests_finished: Math.round(240 * load), attempts: Math.round(240 * load), minutes_to_saturation: 99 },
})
const full = { waiting: 60, waiting_max: 90, waiting_last: 90 }
const loads: Readonly<Record<string, (minute: number) => object>> = {
  'a-quiet': () => minuteAt(0.3),
  'b-growing': minute => minuteAt(0.3 + 0.017 * minute),
  'c-full': minute => ({ ...minuteAt(1), ...full, waiting_last: 30 + 20 * minute, waiting_max: 30 + 20 * minute }),
}
for (const clock of clocks) await publish(api.clickhouse, clock, 1)
await insertRows(
  api.clickhouse,
  'pool_per_minute',
  Object.entries(loads).flatMap(([pool, at]) => clocks.map((clock, minute) => poolRow(clock, pool, 'llama-70b', { ...at(minute) }))),
)

type Row = Record<string, unknown>
const rowsOf = async (path: string): Promise<Row[]> => (await api.get(path, 'fake-operator')).body.rows
const told = ['state', 'index', 'bound', 'minutes_to_saturation', 'minutes_earliest', 'minutes_latest', 'probability', 'cause', 'growers']

test('pools stand in the order in which they saturate, with the forecast that the question gives', async () => {
  const rows = await rowsOf(`/v1/saturation?${HOUR_OF_TEST}`)
  assert.deepEqual(
    rows.map(row => row['pool']),
    ['c-full', 'b-growing', 'a-quiet'],
  )
  assert.equal(rows[0]?.['state'], 'saturated')
  assert.equal(rows[2]?.['state'], 'not in sight')
  const { body } = await api.get(`/v1/answers/first?${HOUR_OF_TEST}`, 'fake-operator')
  for (const [place, finding] of (body.findings as Row[]).entries())
    for (const name of told) assert.deepEqual(rows[place]?.[name], finding[name], `${finding['pool']}: ${name}`)
})

test('a page of several keeps the order of its keys, so that the next page follows', async () => {
  const { body } = await api.get(`/v1/saturation?${HOUR_OF_TEST}&limit=2`, 'fake-operator')
  assert.deepEqual(
    body.rows.map((row: Row) => [row['pool'], row['state']]),
    [
      ['a-quiet', 'not in sight'],
      ['b-growing', body.rows[1].state],
    ],
  )
  const next = await api.get(`/v1/saturation?cursor=${body.next_cursor}`, 'fake-operator')
  assert.deepEqual(
    next.body.rows.map((row: Row) => [row['pool'], row['state']]),
    [['c-full', 'saturated']],
  )
})

test('a row of all pools has the forecast of the one that saturates first; one of a step that of its own minute', async () => {
  const [all] = await rowsOf(`/v1/saturation?${HOUR_OF_TEST}&group_by=none`)
  assert.deepEqual([all?.['state'], all?.['minutes_to_saturation']], ['saturated', 0])
  const [step] = await rowsOf(`/v1/saturation?${HOUR_OF_TEST}&step=1h`)
  assert.deepEqual([step?.['state'], step?.['growers'], step?.['minutes_to_saturation']], [null, null, 99])
})
