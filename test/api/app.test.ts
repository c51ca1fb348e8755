import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { questions } from '../../services/answers/questions.ts'
import { buildApi } from '../../services/api/app.ts'
import { isLoopback } from '../../services/api/http/local-only.ts'
import { openClickHouse } from '../../services/platform/clickhouse/client.ts'
import { buildProgress } from '../../services/platform/health.ts'
import { buildLogger } from '../../services/platform/log.ts'
import { buildMetrics } from '../../services/platform/metrics.ts'
import { HOUR_OF_TEST, insertRows, NOW_MS, openTestApi, publish, usageRow } from './fixture.ts'

const api = await openTestApi({ after })
await publish(api.clickhouse, '09:00', 1)
await insertRows(api.clickhouse, 'usage_per_minute', [
  usageRow('09:00', 'acme', { requests: 1 }),
  usageRow('09:00', 'globex', { requests: 2 }),
])

const answers = questions.map(({ name }) => `/v1/answers/${name}`)

test('the index names every endpoint, without a token', async () => {
  const { status, body } = await api.get('/')
  assert.equal(status, 200)
  assert.deepEqual(
    body.endpoints.map((endpoint: { path: string }) => endpoint.path),
    [
      '/v1/usage',
      '/v1/latency',
      '/v1/saturation',
      '/v1/resilience',
      '/v1/providers',
      '/v1/security',
      '/v1/charges',
      '/v1/charges/drift',
      '/v1/pool-costs',
      '/v1/pool-use',
      '/v1/budgets',
      '/v1/completeness',
      ...answers,
      '/v1/requests',
      '/v1/panels',
      '/v1/audit',
      '/v1/alerts',
      '/v1/alerts/history',
      '/v1/alerts/deliveries',
      '/v1/silences',
      '/v1/statements',
      '/v1/export/focus',
      '/v1/stream',
    ],
  )
  for (const { path } of body.endpoints) {
    // It lasts as long as somebody listens: stream.test.ts.
    if (path === '/v1/stream') continue
    // An export is of a month, which has no default.
    const asked = path === '/v1/export/focus' ? `${path}?month=2026-10` : path
    assert.equal((await api.get(asked, 'fake-operator')).status, 200, path)
  }
})

test('the OpenAPI 3.1 document describes every endpoint, its parameters and its answers', async () => {
  const { status, body } = await api.get('/openapi.json')
  assert.equal(status, 200)
  assert.equal(body.openapi, '3.1.0')
  assert.deepEqual(Object.keys(body.paths).sort(), [
    '/v1/alerts',
    '/v1/alerts/acknowledge',
    '/v1/alerts/deliveries',
    '/v1/alerts/history',
    '/v1/alerts/receivers/{name}/enable',
    '/v1/alerts/test',
    ...answers.toSorted(),
    '/v1/audit',
    '/v1/budgets',
    '/v1/charges',
    '/v1/charges/drift',
    '/v1/completeness',
    '/v1/export/focus',
    '/v1/latency',
    '/v1/panels',
    '/v1/panels/{name}',
    '/v1/pool-costs',
    '/v1/pool-use',
    '/v1/providers',
    '/v1/requests',
    '/v1/resilience',
    '/v1/saturation',
    '/v1/security',
    '/v1/session',
    '/v1/silences',
    '/v1/silences/{id}',
    '/v1/statements',
    '/v1/statements/draft',
    '/v1/statements/{statement_id}',
    '/v1/stream',
    '/v1/tokens',
    '/v1/tokens/{id}',
    '/v1/usage',
  ])
  for (const [path, { get }] of Object.entries<{
    get: { parameters: { name: string; in: string; required?: boolean }[]; responses: object; security: object[] }
  }>(body.paths)) {
    // Documents by tenant and month: test/api/statements.test.ts.
    if (path.startsWith('/v1/statements') || path === '/v1/export/focus') continue
    // Of now, not of a range: test/api/budgets.test.ts.
    if (path === '/v1/budgets') continue
    // With parameters of their own: test/api/{answers,requests,alerts}.test.ts, test/dashboards, test/cli/audit-command.test.ts.
    if (/^\/v1\/(answers\/|alerts|silences|panels|requests$|audit$)/.test(path)) continue
    // Without parameters: test/api/{session,stream,tokens}.test.ts.
    if (['/v1/session', '/v1/stream'].includes(path) || path.startsWith('/v1/tokens')) continue
    const names = get.parameters.map(parameter => parameter.name)
    for (const name of ['from', 'to', 'limit', 'tenant_id', ...(path === '/v1/completeness' ? [] : ['group_by', 'step', 'cursor'])]) {
      assert.ok(names.includes(name), `${path} has ${name}`)
    }
    assert.ok(get.parameters.every(parameter => parameter.in === 'query' && !parameter.required))
    // 410 where rows may be gone for their age: test/api/retention.test.ts.
    const statuses = Object.keys(get.responses).filter(status => status !== '410')
    assert.deepEqual(statuses, ['200', '400', '401', '403', '429', '500', '503'])
    assert.deepEqual(get.security, [{ token: [] }])
    // What the document names is accepted, and nothing else is: a parameter is known or answered 400.
    for (const name of names.filter(candidate => !['from', 'to', 'limit', 'format', 'group_by', 'step', 'cursor'].includes(candidate))) {
      assert.equal((await api.get(`${path}?${name}=x`, 'fake-operator')).status, 200, `${path}?${name}`)
    }
  }
  assert.equal(
    body.paths['/v1/usage'].get.responses['200'].content['application/json'].schema.properties.rows.items.properties.list_cost.type,
    'string',
  )
})

test('unknown paths and undecodable ones are problems too', async () => {
  const unknown = await api.get('/v1/nothing?token=secret', 'fake-operator')
  assert.deepEqual([unknown.status, unknown.body.code, unknown.body.instance], [404, 'HTTP_ROUTE_UNKNOWN', '/v1/nothing'])
  const undecodable = await api.get('/v1/%zz')
  assert.equal(undecodable.status, 400)
  assert.match(String(undecodable.headers['content-type']), /^application\/problem\+json/)
  assert.ok(!undecodable.text.includes('stack'))
})

test('probes and metrics answer without a token; requests and refusals are counted', async () => {
  assert.deepEqual((await api.get('/healthz')).body, { status: 'ok', reasons: [] })
  assert.deepEqual((await api.get('/readyz')).body, { status: 'ready' })
  await api.get('/v1/usage')
  await api.get('/v1/usage?x=1', 'fake-operator')
  await api.get('/v1/usage?tenant_id=globex', 'fake-acme')
  const { text } = await api.get('/metrics')
  for (const reason of ['unauthenticated', 'invalid', 'forbidden'])
    assert.match(text, new RegExp(`api_requests_rejected_total\\{reason="${reason}",service="api"\\} [1-9]`))
  assert.match(text, /api_request_duration_seconds_count\{service="api",route="\/v1\/usage",status="4xx"\} [1-9]/)
  assert.ok(!text.includes('acme'), 'a tenant is never a label')
})

test('a service without ClickHouse is alive but not ready, and says 503 without details', async t => {
  const clickhouse = openClickHouse({ url: 'http://127.0.0.1:9', database: 'weir' })
  const now = () => NOW_MS
  const app = buildApi(
    { queryTimeoutMs: 1_000, requestsAtOnce: 8, requestsOfTokenAtOnce: 8 },
    {
      clickhouse,
      openEventLog: () => Promise.reject(new Error('probes need no event log')),
      tokens: undefined,
      logger: buildLogger({ service: 'api', level: 'silent' }),
      metrics: buildMetrics('api'),
      progress: buildProgress(now, { stalledAfterMs: 1 }),
      now,
    },
  )
  t.after(async () => {
    await app.close()
    await clickhouse[Symbol.asyncDispose]()
  })
  assert.equal((await app.inject('/healthz')).statusCode, 200)
  assert.equal((await app.inject('/readyz')).statusCode, 503)
  const answer = await app.inject('/v1/usage')
  assert.deepEqual([answer.statusCode, answer.json().code, answer.headers['retry-after']], [503, 'CLICKHOUSE_UNAVAILABLE', '5'])
  assert.ok(!answer.body.includes('127.0.0.1'))
})

test('a query over its rows is answered 400, one over its time 503, each with the remedy', async () => {
  const small = await openTestApi({ after }, { maxRowsRead: 1 })
  await publish(small.clickhouse, '09:00', 1)
  await publish(small.clickhouse, '09:01', 1)
  await insertRows(small.clickhouse, 'usage_per_minute', [usageRow('09:00', 'acme'), usageRow('09:01', 'acme')])
  const large = await small.get(`/v1/usage?${HOUR_OF_TEST}`, 'fake-operator')
  assert.deepEqual([large.status, large.body.code], [400, 'API_QUERY_TOO_LARGE'])
  assert.match(large.body.detail, /narrow the range/)

  const brief = await openTestApi({ after }, { queryTimeoutMs: 1 })
  await brief.clickhouse.command(
    'INSERT INTO {database}.usage_per_minute (window_start, settle_version, tenant_id, requests) SELECT toDateTime({window:UInt32}, ' +
      "'UTC'), 1, toString(number), 1 FROM numbers(500000)",
    { window: Date.parse('2026-01-31T09:00:00Z') / 1000 },
  )
  await publish(brief.clickhouse, '09:00', 1)
  const long = await brief.get(`/v1/usage?${HOUR_OF_TEST}`, 'fake-operator')
  assert.deepEqual([long.status, long.body.code, long.headers['retry-after']], [503, 'API_QUERY_TOO_LONG', '5'])
  assert.match(long.body.detail, /narrow the range, raise step/)
})

test('without tokens everyone is an operator, but only under a name of this machine', async () => {
  const open = await openTestApi({ after }, { isOpen: true })
  assert.equal((await open.get('/v1/usage')).status, 200)
  for (const host of ['localhost:8687', '127.0.0.1:8687', '[::1]:8687', '127.9.9.9'])
    assert.equal((await open.get('/v1/usage', undefined, { host })).status, 200, host)
  for (const host of ['evil.example', 'localhost.evil.example', '10.0.0.1', '127.0.0.1.evil.example']) {
    const { status, body } = await open.get('/v1/usage', undefined, { host })
    assert.deepEqual([status, body.code], [403, 'API_FORBIDDEN'], host)
  }
})

test('loopback is 127.0.0.0/8, ::1 and localhost', () => {
  for (const host of ['127.0.0.1', '127.1.2.3', '::1', '[::1]', 'localhost', 'LOCALHOST', '::ffff:127.0.0.1'])
    assert.ok(isLoopback(host), host)
  for (const host of ['0.0.0.0', '::', '10.0.0.1', 'example.com', '', 'localhost.example.com', '128.0.0.1', '2130706433.example'])
    assert.ok(!isLoopback(host), host)
})
