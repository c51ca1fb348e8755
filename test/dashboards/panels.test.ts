import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { after, test } from 'node:test'
import { boards } from '../../dashboards/boards.ts'
import { panels } from '../../dashboards/panels.ts'
import { HOUR_OF_TEST } from '../api/fixture.ts'
import { assertClean, MARK } from '../api/two-tenants.ts'
import { openPanelWorld } from './panel-rows.ts'

const api = await openPanelWorld({ after })

test('every panel has a query of its own, and stands on a board that has at most twelve', () => {
  const names = panels.map(({ name }) => name)
  assert.deepEqual([...new Set(names)].sort(), names.toSorted(), 'no name stands twice')
  const files = readdirSync(new URL('../../dashboards/queries/', import.meta.url)).map(file => file.replace('.sql', ''))
  assert.deepEqual(files.sort(), names.toSorted())
  const shown = boards.flatMap(({ rows }) => rows.flat())
  assert.deepEqual([...new Set(shown)].sort(), names.toSorted())
  for (const { name, rows } of boards) assert.ok(rows.flat().length <= 12, name)
})

for (const panel of panels) {
  test(`panel ${panel.name} answers with the columns that it declares, and a tenant with nothing of another`, async () => {
    const path = `/v1/panels/${panel.name}?${HOUR_OF_TEST}`
    for (const step of panel.columns[0]?.role === 'time' ? ['', '&step=1h'] : ['']) {
      const operator = await api.get(`${path}${step}`, 'fake-operator')
      assert.equal(operator.status, 200, operator.text)
      const rows = operator.body.rows as Record<string, unknown>[]
      assert.ok(rows.length > 0, `no rows${step}`)
      for (const row of rows) {
        assert.deepEqual(
          Object.keys(row),
          panel.columns.map(({ name }) => name),
        )
        for (const { name, role } of panel.columns) {
          const value = row[name]
          if (role === 'value') assert.ok(value === null || typeof value === 'number', `${name} ${value}`)
          else assert.equal(typeof value, 'string', name)
          if (role === 'time') assert.match(String(value), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
        }
      }
    }
    const tenant = await api.get(path, 'fake-acme')
    if (panel.audience === 'operator') {
      assert.deepEqual([tenant.status, tenant.body.code], [403, 'API_FORBIDDEN'])
      return
    }
    assert.equal(tenant.status, 200, tenant.text)
    assertClean(tenant.text)
    for (const query of ['tenant_id=globex', 'tenant_id=acme&tenant_id=globex', "tenant_id=acme' OR 1=1 --"]) {
      assert.equal((await api.get(`${path}&${encodeURI(query)}`, 'fake-acme')).status, 403, query)
    }
    const other = await api.get(`${path}&tenant_id=globex`, 'fake-operator')
    assert.notDeepEqual(tenant.body.rows, other.body.rows, 'the tenants differ, so that there was something to hide')
  })
}

test('of nobody there are no figures, not 0; and CSV is of the same rows', async () => {
  for (const name of ['promise-kept', 'rescue', 'spend-in-time', 'first-token-time', 'who-spends']) {
    const none = await api.get(`/v1/panels/${name}?${HOUR_OF_TEST}&tenant_id=nobody`, 'fake-operator')
    assert.ok(
      (none.body.rows as Record<string, unknown>[]).every(row => row['value'] === null),
      name,
    )
    const { text } = await api.get(`/v1/panels/${name}?${HOUR_OF_TEST}&format=csv`, 'fake-acme')
    const columns = panels.find(panel => panel.name === name)?.columns.map(column => column.name)
    assert.equal(text.split('\r\n')[0], columns?.join(','))
    assertClean(text)
  }
})

test('the list tells a tenant of its own panels alone', async () => {
  const { body } = await api.get('/v1/panels', 'fake-acme')
  assert.deepEqual(
    body.panels.map(({ audience }: { audience: string }) => audience).filter((one: string) => one !== 'tenant'),
    [],
  )
  const operators = panels.filter(({ audience }) => audience === 'operator').map(({ name }) => name)
  const shown = body.boards.flatMap(({ rows }: { rows: string[][] }) => rows.flat())
  assert.ok(operators.every(name => !shown.includes(name)))
  const all = await api.get('/v1/panels', 'fake-operator')
  assert.equal(all.body.panels.length, panels.length)
  assert.ok(!all.text.includes(MARK))
})

test('finance reads the panels of money and use, and none of who called', async () => {
  const { body } = await api.get('/v1/panels', 'fake-finance')
  const seen: string[] = body.panels.map(({ name }: { name: string }) => name)
  assert.ok(['who-spends', 'charges', 'pool-cost', 'statements', 'trust'].every(name => seen.includes(name)))
  const ofCallers = ['refused-callers', 'auth-failures', 'refusals', 'guardrails', 'payloads', 'keys']
  for (const name of [...ofCallers, 'alerts-open', 'alert-deliveries', 'silences', 'dead-letters']) {
    assert.ok(!seen.includes(name), name)
    const { status, body: refused } = await api.get(`/v1/panels/${name}?${HOUR_OF_TEST}`, 'fake-finance')
    assert.deepEqual([status, refused.code], [403, 'API_FORBIDDEN'], name)
  }
  for (const column of ['api_key_id', 'client_ip_prefix']) assert.ok(!JSON.stringify(body).includes(column), column)
  assert.equal((await api.get(`/v1/panels/who-spends?${HOUR_OF_TEST}`, 'fake-finance')).body.rows.length, 2)
})

test('relative times, an unknown panel and a filter that a panel has not are read or refused by name', async () => {
  assert.equal((await api.get('/v1/panels/promise-kept?from=now-6h&to=now', 'fake-acme')).status, 200)
  for (const path of ['nothing?', 'pool-saturation?route=chat&', '..%2fpanels?']) {
    const { status, body } = await api.get(`/v1/panels/${path}${HOUR_OF_TEST}`, 'fake-operator')
    assert.deepEqual([status, body.code], [400, 'API_REQUEST_INVALID'], path)
  }
})
