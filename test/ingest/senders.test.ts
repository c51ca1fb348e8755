import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ACCESS_LOG_TOPIC, ENGINE_METRICS_TOPIC } from '../../schemas/topics.ts'
import { buildHarness, post } from './harness.ts'

const tokens = {
  'fake-gateway-token': { name: 'gateway-eu', role: 'sender', source: 'eu-1', tenants: ['acme', 'globex'] },
  'fake-open-token': { name: 'gateway-us', role: 'sender' },
  'fake-reader-token': { name: 'acme', role: 'tenant', tenants: ['acme'] },
  'fake-operator-token': { name: 'ops', role: 'operator' },
} as const
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const line = '{"a":1}'

test('a sender’s token decides the source and the tenants, whatever the query says', async t => {
  const harness = buildHarness(t, { tokens: tokens as never })
  assert.equal((await post(harness, line, { headers: bearer('fake-gateway-token'), query: '?source=someone-else' })).status, 202)
  assert.equal((await post(harness, line, { headers: bearer('fake-open-token'), query: '?source=us-1' })).status, 202)
  const headers = harness.eventLog.recordsOf(ACCESS_LOG_TOPIC).map(record => record.headers)
  assert.equal(headers[0]?.['source'], 'eu-1')
  assert.deepEqual(JSON.parse(headers[0]?.['tenants'] ?? ''), ['acme', 'globex'])
  assert.equal(headers[1]?.['source'], 'us-1')
  assert.equal(headers[1]?.['tenants'], undefined)
})

test('who chose a source itself is told beside it, on every path of lines; what stands with a token needs no such word', async t => {
  const harness = buildHarness(t, { tokens: tokens as never })
  const logs = { url: '/v1/logs?source=us-2', payload: JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [{}] }] }] }) }
  for (const token of ['fake-gateway-token', 'fake-open-token']) {
    assert.equal((await post(harness, line, { headers: bearer(token), query: '?source=us-1' })).status, 202)
    const headers = { 'content-type': 'application/json', ...bearer(token) }
    assert.equal((await harness.app.inject({ method: 'POST', ...logs, headers })).statusCode, 200)
  }
  const told = harness.eventLog.recordsOf(ACCESS_LOG_TOPIC).map(({ headers }) => [headers['source'], headers['sender']])
  const [bound, open] = [
    ['eu-1', undefined],
    ['us-1', 'gateway-us'],
  ]
  assert.deepEqual(told, [bound, bound, open, ['us-2', 'gateway-us']])
})

test('a missing, unknown or foreign token is a 401 on both endpoints, and its body is not read', async t => {
  const harness = buildHarness(t, { tokens: tokens as never })
  for (const headers of [
    {},
    bearer('fake-unknown'),
    bearer('fake-reader-token'),
    bearer('fake-operator-token'),
    { authorization: 'Basic eDp5' },
  ]) {
    for (const url of ['/v1/access-logs', '/v1/engine-metrics?pool=a']) {
      const answer = await harness.app.inject({ method: 'POST', url, headers: { 'content-type': 'text/plain', ...headers }, payload: line })
      assert.equal(answer.statusCode, 401)
      assert.equal(answer.json().code, 'INGEST_UNAUTHENTICATED')
      assert.equal(answer.headers['www-authenticate'], 'Bearer')
    }
  }
  assert.deepEqual(harness.eventLog.recordsOf(ACCESS_LOG_TOPIC), [])
  assert.deepEqual(harness.eventLog.recordsOf(ENGINE_METRICS_TOPIC), [])
})

test('without a tokens file only programs on this machine may send', async t => {
  const harness = buildHarness(t)
  for (const remoteAddress of ['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1'])
    assert.equal((await post(harness, line, { remoteAddress })).status, 202, remoteAddress)
  assert.ok(harness.eventLog.recordsOf(ACCESS_LOG_TOPIC).every(({ headers }) => headers['sender'] === 'local'))
  for (const remoteAddress of ['10.0.0.1', '192.168.1.2', '::ffff:10.0.0.1', '2001:db8::1', '0.0.0.0'])
    assert.equal((await post(harness, line, { remoteAddress })).status, 401, remoteAddress)
})

test('without a tokens file neither a web page nor a proxy on this machine may send', async t => {
  const harness = buildHarness(t)
  for (const headers of [{ origin: 'https://page.example' }, { 'x-forwarded-for': '203.0.113.9' }, { forwarded: 'for=203.0.113.9' }])
    assert.equal((await post(harness, line, { headers: headers as never })).status, 401)
})
