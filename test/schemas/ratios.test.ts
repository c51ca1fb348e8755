import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { after, test } from 'node:test'
import { withRatios } from '../../schemas/ratios.ts'
import { reportSql } from '../../services/api/reports/report-sql.ts'
import { readQuery } from '../../services/platform/clickhouse/read-query.ts'
import { openTestClickHouse } from '../fakes/clickhouse-server.ts'

const root = new URL('../../', import.meta.url)
const AT_S = 1_790_000_040
const { clickhouse } = await openTestClickHouse({ after })
const filesOf = (pattern: string) =>
  globSync(pattern, { cwd: root })
    .sort()
    .map(file => ({ file, text: readFileSync(new URL(file, root), 'utf8') }))

test('a ratio that a view has is written nowhere else', () => {
  const views = filesOf('schemas/clickhouse/views/*_ratios.sql')
  const ratios = views.flatMap(({ text }) => [...text.matchAll(/ AS (\w+),?\n/g)].map(found => found[1] as string))
  // Words that other things are called too.
  const own = ratios.filter(name => name !== 'ratio' && name !== 'difference')
  assert.ok(ratios.includes('amplification') && ratios.includes('cost_per_successful_request') && ratios.length > 12)
  for (const { file, text } of filesOf('services/**/*.{sql,ts}')) {
    for (const ratio of own) assert.doesNotMatch(text, new RegExp(`\\bAS ${ratio}\\b`), `${file} computes ${ratio}: read it from its view`)
  }
})

test('the view has of a row what a query has of the sum of one row', async () => {
  const row = {
    window_start: AT_S,
    settle_version: 1,
    requests: 7,
    successful_requests: 3,
    response_cache_hits: 4,
    input_tokens: 100,
    cached_input_tokens: 25,
    list_cost: '2.1',
  }
  await clickhouse.insert('settled_windows', ['window_start', 'settle_version'], [[AT_S, 1]])
  await clickhouse.insert('usage_per_minute', Object.keys(row), [Object.values(row)])
  const expected = {
    cost_per_successful_request: '0.7',
    is_cost_partial: false,
    success_ratio: 3 / 7,
    cached_input_ratio: 0.25,
    response_cache_hit_ratio: 4 / 7,
  }
  assert.deepEqual(await clickhouse.query(`SELECT ${Object.keys(expected).join(', ')} FROM {database}.usage_ratios`), [expected])
  const api = new URL('services/api/reports/usage.ts', root).href
  const { sql, parameters } = reportSql(
    withRatios(readQuery(api, 'usage')).replace('{rows}', '{database}.usage_per_minute_current'),
    {
      period: { fromMs: AT_S * 1000, toMs: (AT_S + 60) * 1000 },
      stepMs: undefined,
      groupBy: [],
      filters: {},
      limit: 1,
      fingerprint: '',
      after: undefined,
      format: 'json',
    },
    { isAll: true, tenants: [], seesVolumes: true },
    { conditions: {}, fixedKeys: [] },
  )
  const [summed] = await clickhouse.query<Record<string, unknown>>(sql, parameters)
  assert.deepEqual(Object.fromEntries(Object.keys(expected).map(name => [name, summed?.[name]])), expected)
})

test('cost per successful request is null where nothing is known, and marked where a part is', async () => {
  const cases = [
    { list_cost: '0', unpriced_attempts: 1, missing_usage_attempts: 0, right: [null, true] },
    { list_cost: '0', unpriced_attempts: 0, missing_usage_attempts: 1, right: [null, true] },
    { list_cost: '3', unpriced_attempts: 0, missing_usage_attempts: 1, right: ['1.5', true] },
    { list_cost: '3', unpriced_attempts: 2, missing_usage_attempts: 0, right: ['1.5', true] },
    { list_cost: '3', unpriced_attempts: 0, missing_usage_attempts: 0, right: ['1.5', false] },
    { list_cost: '0', unpriced_attempts: 0, missing_usage_attempts: 0, right: ['0', false] },
  ]
  for (const [index, { right, list_cost, ...counts }] of cases.entries()) {
    const start = AT_S + 60 * (index + 1)
    await clickhouse.insert('settled_windows', ['window_start', 'settle_version'], [[start, 1]])
    await clickhouse.insert(
      'usage_per_minute',
      ['window_start', 'settle_version', 'requests', 'successful_requests', 'list_cost', ...Object.keys(counts)],
      [[start, 1, 2, 2, list_cost, ...Object.values(counts)]],
    )
    const [row] = await clickhouse.query<{ cost: string | null; partial: boolean }>(
      `SELECT cost_per_successful_request AS cost, is_cost_partial AS partial FROM {database}.usage_ratios
       WHERE window_start = {start:DateTime('UTC')}`,
      { start },
    )
    assert.deepEqual([row?.cost, row?.partial], right, JSON.stringify(cases[index]))
  }
})
