import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { type ClickHouseSettings, createClient } from '@clickhouse/client'
import { markSql, marks } from '../../dashboards/grafana/annotations.ts'
import { grafanaPlaces } from '../../dashboards/grafana/places.ts'
import { namesSql, settledUntilSql } from '../../dashboards/grafana/variables.ts'
import { type Panel, variables } from '../../dashboards/panel.ts'
import { apiPlaces, panelSql } from '../../dashboards/panel-sql.ts'
import { panels } from '../../dashboards/panels.ts'
import { insertRows, minute, usageRow } from '../api/fixture.ts'
import { MARK } from '../api/two-tenants.ts'
import { type Chosen, expandQuery, type Range } from './expand-query.ts'
import { openPanelWorld } from './panel-rows.ts'

const { clickhouse, server } = await openPanelWorld({ after })
// As the data source does: unqualified names are of its default database.
const client = createClient({ url: server.url, ...server.owner, database: server.database })
after(() => client.close())
const range: Range = { fromMs: minute('09:00') * 1000, toMs: minute('10:00') * 1000, stepS: 300 }
const empty: Range = { ...range, fromMs: minute('02:00') * 1000, toMs: minute('02:00') * 1000 + 1_000 }
/** Names that break quoting, macros or patterns somewhere. */
const HOSTILE = [
  `R&D (EU) ü`,
  `a'b`,
  `a\\`,
  `\\') OR 1=1 --`,
  `x') UNION ALL SELECT 1 --`,
  '$__fromTime',
  `\${tenant_id}`,
  'hex:41',
  '__all',
  '%',
]

/** As the API reads. */
const readSettings: ClickHouseSettings = {
  ...{ output_format_json_quote_64bit_integers: 0, output_format_json_quote_decimals: 1, readonly: '2' },
  date_time_output_format: 'iso',
}

type Row = Readonly<Record<string, unknown>>
async function ofGrafana(rawSql: string, chosen: Chosen, of = range): Promise<Row[]> {
  const query = expandQuery(rawSql, chosen, of)
  return await (await client.query({ query, format: 'JSONEachRow', clickhouse_settings: readSettings })).json<Row>()
}

async function ofApi(panel: Panel, chosen: Chosen, { fromMs, toMs, stepS }: Range): Promise<Row[]> {
  const values = variables.flatMap(name => [
    [`all_${name}`, chosen[name] === undefined],
    [name, chosen[name] ?? []],
  ])
  const bounds = { from: Math.floor(fromMs / 1000), to: Math.floor(toMs / 1000), step: stepS }
  return await clickhouse.query<Row>(panelSql(panel, apiPlaces, 'minutes'), { ...bounds, ...Object.fromEntries(values) })
}

/** The values that a variable gives for names: those of the query that lists them. */
async function valuesOf(names: readonly string[]): Promise<Map<string, string>> {
  const rows = await ofGrafana(namesSql('tenant_id'), {})
  const known = new Map(rows.map(({ value, text }) => [String(text), String(value)]))
  for (const name of names) assert.ok(known.has(name), name)
  return known
}

for (const panel of panels) {
  test(`panel ${panel.name}: Grafana's rows are the API's, whatever is chosen`, async () => {
    const rawSql = panelSql(panel, grafanaPlaces)
    const two = {
      tenant_id: ['acme', 'globex'],
      route: ['chat', MARK],
      model: ['gpt-4o', 'chat'],
      pool: ['llama', "a'b"],
      provider: ['openai', MARK],
    }
    const [all, allOfApi, some, someOfApi] = await Promise.all([
      ...[ofGrafana(rawSql, {}), ofApi(panel, {}, range)],
      ...[ofGrafana(rawSql, two), ofApi(panel, two, range)],
    ])
    assert.ok(all && all.length > 0)
    assert.deepEqual(all, allOfApi)
    assert.deepEqual(some, someOfApi)
    // Tables are the same text over a range; what is drawn in time has steps to get wrong.
    if (panel.kind === 'table') return
    const none = await ofGrafana(rawSql, { tenant_id: ['acme'] }, empty)
    assert.ok(
      none.every(row => row['value'] === null),
      JSON.stringify(none),
    )
  })
}

test('names that break quoting are chosen as any other, and choose no one else', async () => {
  await insertRows(
    clickhouse,
    'usage_per_minute',
    HOSTILE.map((tenant, place) => usageRow('09:20', tenant, { requests: place + 1, successful_requests: 1 })),
  )
  await insertRows(clickhouse, 'settled_windows', [
    { window_start: minute('09:20'), settle_version: 1, settled_at: minute('09:22') * 1000 },
  ])
  const values = await valuesOf(HOSTILE)
  const panel = panels.find(({ name }) => name === 'who-spends') as Panel
  const rawSql = panelSql(panel, grafanaPlaces)
  for (const [place, name] of HOSTILE.entries()) {
    const value = values.get(name) as string
    const rows = await ofGrafana(rawSql, { tenant_id: [value] })
    assert.deepEqual(
      rows.map(row => [row['tenant_id'], row['requests']]),
      [[name, place + 1]],
      `${name} as ${value}`,
    )
  }
  const both = await ofGrafana(rawSql, { tenant_id: [`a'b`, `a\\`].map(name => values.get(name) as string) })
  assert.deepEqual(both.map(row => row['tenant_id']).sort(), [`a'b`, `a\\`])
})

test('lists of names, marks and the time of settling are read', async () => {
  for (const name of variables) {
    const rows = await ofGrafana(namesSql(name), {})
    assert.deepEqual(Object.keys(rows[0] ?? {}), ['value', 'text'], name)
  }
  assert.deepEqual(
    (await ofGrafana(settledUntilSql(), {})).map(({ text }) => text),
    ['2026-01-31 09:21 UTC'],
  )
  assert.deepEqual(
    (await ofGrafana(settledUntilSql(), {}, empty)).map(({ text }) => text),
    ['nothing'],
  )
  const found = await Promise.all(marks.map(async ({ file }) => [file, (await ofGrafana(markSql(file), {})).length]))
  assert.deepEqual(Object.fromEntries(found), { alerts: 4, prices: 0, closes: 0, models: 0, recounts: 0 })
})
