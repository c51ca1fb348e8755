import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { HOUR_OF_TEST, insertRows, minute, openTestApi } from './fixture.ts'

const api = await openTestApi({ after })
const AT = { window_start: minute('09:30'), settle_version: 1 }
await api.clickhouse.command('TRUNCATE TABLE {database}.settled_windows')
await insertRows(api.clickhouse, 'settled_windows', [AT])
await insertRows(api.clickhouse, 'security_per_minute', [
  {
    ...{ ...AT, tenant_id: 'unauthenticated', api_key_id: 'bad', client_ip_prefix: '192.0.2.0/24', requests: 3, attempts: 3 },
    ...{ rejected_attempts: 3, auth_failures: 3, auth_failures_by_result: { invalid: 2, revoked: 1 } },
  },
  { ...AT, tenant_id: 'unauthenticated', api_key_id: 'worse', requests: 1, attempts: 1, auth_failures_by_result: { invalid: 1 } },
  // ln 1,000 is 6.908, of two requests.
  { ...AT, tenant_id: 'acme', api_key_id: 'k-1', requests: 2, attempts: 2, sized_attempts: 2, ln_request_bytes_sum: 13_816 },
  // A version that is not current.
  { ...AT, settle_version: 0, tenant_id: 'acme', api_key_id: 'k-1', requests: 90, attempts: 90 },
])

test('an operator sees whom nobody knew, by key and kind; pages go on where they ended', async () => {
  const url = `/v1/security?${HOUR_OF_TEST}&group_by=tenant_id`
  const { status, body, text } = await api.get(url, 'fake-operator')
  assert.equal(status, 200, text)
  const [acme, nobody] = body.rows
  assert.deepEqual([body.rows.length, acme.tenant_id, acme.requests], [2, 'acme', 2])
  assert.ok(Math.abs(acme.request_bytes_geometric_mean / 1_000 - 1) < 0.001)
  assert.deepEqual([nobody.tenant_id, nobody.requests, nobody.auth_failures, nobody.api_keys], ['unauthenticated', 4, 3, 2])
  assert.deepEqual(nobody.auth_failures_by_result, { invalid: 3, revoked: 1 })
  const first = await api.get(`${url}&limit=1`, 'fake-operator')
  const second = await api.get(`${url}&limit=1&cursor=${first.body.next_cursor}`, 'fake-operator')
  assert.deepEqual([...first.body.rows, ...second.body.rows], body.rows)
})

test('a tenant sees its own keys and nothing of callers whom nobody knew', async () => {
  const { body } = await api.get(`/v1/security?${HOUR_OF_TEST}&group_by=tenant_id,api_key_id`, 'fake-acme')
  assert.deepEqual(
    body.rows.map((row: Record<string, unknown>) => [row['tenant_id'], row['api_key_id'], row['requests']]),
    [['acme', 'k-1', 2]],
  )
  const other = await api.get(`/v1/security?${HOUR_OF_TEST}&tenant_id=unauthenticated`, 'fake-acme')
  assert.equal(other.status, 403)
})
