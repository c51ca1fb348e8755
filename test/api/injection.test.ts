import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { reports } from '../../services/api/reports/reports.ts'
import { HOUR_OF_TEST, insertRows, openTestApi, publish, usageRow } from './fixture.ts'
import { rowsOfPages } from './pages.ts'
import { assertClean, openTwoTenants, paths } from './two-tenants.ts'

const api = await openTwoTenants({ after })

// Ways out of a quoted literal, of a parameter, of a path, of a line, of a zone.
const INJECTIONS = [
  "') OR 1=1 --",
  "' OR ''='",
  "\\') OR 1=1 --",
  "acme'] OR true OR tenant_id IN ['",
  '{tenants:Array(String)}',
  '{all_tenants:Bool}',
  '{database}',
  '{filters}',
  '{keys}',
  "acme') UNION ALL SELECT * FROM system.tables --",
  '1; DROP TABLE attempts_raw',
  'tenant_id) WITH TOTALS',
  'none,tenant_id',
  '*',
  '%',
  '\u0000',
  '\\N',
  '\t',
  '\n',
  '\\',
  "'",
  '"',
  '`',
  '[',
  "['globex']",
  '/**/',
  '$1',
  'true',
  '-1',
  '1e9',
  'NaN',
  '2026-01-31T09:00:00Z',
  "2026-01-31T09:00:00Z'--",
  '１',
  '\u202e',
]
const anyValue = fc.oneof(
  fc.constantFrom(...INJECTIONS),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom('acme', 'chat', 'embed', 'PT1M', '1m', 'tenant_id', 'route', '5'),
)

for (const path of paths) {
  test(`no value of any parameter of ${path} breaks a query or a tenant's bounds`, async () => {
    const report = reports.find(candidate => candidate.path === path)
    const names = [
      'from',
      'to',
      'limit',
      'format',
      'group_by',
      'step',
      'cursor',
      'tenant_id',
      'x',
      '__proto__',
      ...Object.keys(report?.conditions ?? {}),
    ]
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.constantFrom(...names), anyValue), { minLength: 1, maxLength: 3 }), async pairs => {
        const query = pairs.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')
        const { status, text } = await api.get(`${path}?${query}`, 'fake-acme')
        assert.ok([200, 400, 403].includes(status), `${query}: ${text}`)
        assertClean(text)
      }),
      { numRuns: 20 },
    )
    const pair = (name: string | undefined, value: string) => `${name}=${encodeURIComponent(value)}`
    // Every name with all values at once; of single ones each value with a name, which takes each name as well.
    const singles = INJECTIONS.map((value, index) => pair(names[index % names.length], value))
    const together = names.map(name => INJECTIONS.map(value => pair(name, value)).join('&'))
    for (const query of [...singles, ...together]) {
      const { status, text } = await api.get(`${path}?${query}`, 'fake-acme')
      assert.ok([200, 400, 403].includes(status), `${query}: ${text}`)
      assertClean(text)
    }
  })
}

test('the tables are whole after all that', async () => {
  const rows = await api.clickhouse.query<{ n: number }>('SELECT count() AS n FROM {database}.attempts_raw')
  assert.equal(rows[0]?.n, 2)
})

test('any text is found by itself and by nothing else, and pages pass over it', async () => {
  const ugly = [...new Set([...INJECTIONS, 'ü', '🦀', 'a,b', 'a b', ' ', 'a+b', 'a&b=c', 'x'.repeat(4096)])]
  const { clickhouse: other, get } = await openTestApi({ after })
  await publish(other, '09:00', 1)
  await insertRows(
    other,
    'usage_per_minute',
    ugly.map((route, index) => usageRow('09:00', 'acme', { route, requests: index + 1 })),
  )
  for (const [index, route] of ugly.entries()) {
    const { body } = await get(`/v1/usage?${HOUR_OF_TEST}&group_by=route&route=${encodeURIComponent(route)}`, 'fake-acme')
    assert.deepEqual(
      body.rows.map((row: Record<string, unknown>) => [row['route'], row['requests']]),
      [[route, index + 1]],
    )
  }
  const paged = await rowsOfPages({ get }, `/v1/usage?${HOUR_OF_TEST}&group_by=route`, 'fake-acme', 3)
  const seen = paged.map(row => row['route'])
  assert.deepEqual([...seen].sort(), [...ugly].sort())
})
