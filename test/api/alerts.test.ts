import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { ALERT_TOPIC } from '../../schemas/topics.ts'
import { buildHistory } from '../../services/alert/history.ts'
import { outboxMessage } from '../../services/alert/outbox/outbox-message.ts'
import type { AlertState } from '../../services/alert/state/alert-state.ts'
import { composeNotification } from '../../services/alert/state/compose-notification.ts'
import { NOW_MS, openTestApi } from './fixture.ts'

const api = await openTestApi({ after })
const history = buildHistory(api)
const MIN = 60_000

function anAlert(fingerprint: string, labels: Record<string, string>, over: Partial<AlertState> = {}): AlertState {
  return {
    fingerprint,
    group: 'tests',
    rule: 'budget',
    rank: 0,
    state: 'firing',
    severity: 'page',
    labels,
    since_ms: NOW_MS - 5 * MIN,
    fired_ms: NOW_MS - 4 * MIN,
    last_true_ms: NOW_MS - MIN,
    judged_ms: NOW_MS - MIN,
    until_ms: null,
    changed_at_ms: NOW_MS - 4 * MIN,
    value: 1.5,
    sample: 10,
    facts: {},
    summary: `${labels['tenant_id'] ?? 'all'} spends too much`,
    description: '',
    runbook: null,
    threshold: 1,
    firings_ms: [],
    trend: [],
    ...over,
  }
}

const acme = anAlert('aaaa', { tenant_id: 'acme', owner: 'tenant' })
const globex = anAlert('bbbb', { tenant_id: 'globex', owner: 'tenant' })
const neighbours = anAlert('cccc', { tenant_id: 'acme', owner: 'platform' }, { summary: 'globex crowds acme out' })
await history.tell([acme, globex, neighbours].map(alert => ({ change: 'fired', reason: 'the condition holds', alert })))
const ended = anAlert('dddd', { tenant_id: 'acme', owner: 'tenant' }, { state: 'resolved', until_ms: NOW_MS })
await history.tell([{ change: 'resolved', reason: 'it is over', alert: ended }])

async function deliver(key: string, alerts: readonly AlertState[]): Promise<void> {
  const state = { key, group: 'tests', route: 'all', labels: {}, started_ms: NOW_MS, sent_ms: null, count: 0, known: {} }
  const message = composeNotification(alerts, { reason: 'first', state, nowMs: NOW_MS - MIN, settledUntilMs: null, links: [] })
  await history.tellDeliveries(outboxMessage(message, ['on-call'], { afterMs: null, to: [] }), NOW_MS - MIN)
}
await deliver('group-acme', [acme])
await deliver('group-both', [acme, globex])

const fingerprints = ({ body }: { body: { alerts: { fingerprint: string }[] } }) => body.alerts.map(({ fingerprint }) => fingerprint).sort()
const toldOf = (prefix: string) => api.eventLog.recordsOf(ALERT_TOPIC).filter(({ key }) => key?.startsWith(prefix))
const until = new Date(NOW_MS + 60 * MIN).toISOString()

test('what fires is listed with its group; what ended when it is asked for', async () => {
  const now = await api.get('/v1/alerts', 'fake-operator')
  assert.deepEqual(fingerprints(now), ['aaaa', 'bbbb', 'cccc'])
  const one = now.body.alerts.find((alert: { fingerprint: string }) => alert.fingerprint === 'aaaa')
  assert.deepEqual([one.state, one.since, one.until, one.summary], ['firing', '2026-01-31T09:54:30Z', null, 'acme spends too much'])
  assert.ok(['group-acme', 'group-both'].includes(one.group_key))
  assert.deepEqual(fingerprints(await api.get('/v1/alerts?state=resolved', 'fake-operator')), ['dddd'])
  assert.equal((await api.get('/v1/alerts?state=loud', 'fake-operator')).status, 400)
})

test('a tenant sees alerts about itself whose rules are written for tenants, and no word of its neighbours', async () => {
  for (const path of [
    '/v1/alerts',
    '/v1/alerts?state=resolved&state=firing',
    '/v1/alerts/history',
    '/v1/alerts/deliveries',
    '/v1/silences',
  ]) {
    const { status, text } = await api.get(path, 'fake-acme')
    assert.equal(status, 200, text)
    assert.ok(!text.includes('globex'), path)
  }
  assert.deepEqual(fingerprints(await api.get('/v1/alerts', 'fake-acme')), ['aaaa'])
  assert.deepEqual(fingerprints(await api.get('/v1/alerts?fingerprint=bbbb', 'fake-acme')), [])
  assert.equal((await api.get('/v1/alerts?tenant_id=globex', 'fake-acme')).status, 403)
  const { body } = await api.get('/v1/alerts/deliveries', 'fake-acme')
  assert.deepEqual(
    body.deliveries.map((one: { group_key: string }) => one.group_key),
    ['group-acme'],
  )
})

test('a silence is told to every partition, and a tenant silences itself alone', async () => {
  const asked = { matchers: { rule: 'budget' }, until, author: 'Ada', comment: 'load test' }
  assert.equal((await api.send('POST', '/v1/silences', asked, 'fake-operator')).status, 202)
  assert.equal(toldOf('silence/').length, 4)
  const own = await api.send('POST', '/v1/silences', asked, 'fake-acme')
  const told = toldOf(`silence/${own.body.id}`).map(({ value }) => JSON.parse(Buffer.from(value).toString()))
  assert.deepEqual(told[0].matchers, { rule: 'budget', tenant_id: 'acme', owner: 'tenant' })
  const theirs = { ...asked, matchers: { tenant_id: 'globex' } }
  assert.equal((await api.send('POST', '/v1/silences', theirs, 'fake-acme')).status, 403)
  assert.equal((await api.send('DELETE', `/v1/silences/${own.body.id}`, undefined, 'fake-acme')).status, 403)
})

test('a silence without end, author, reason or matchers is refused with what was expected', async () => {
  const good = { matchers: { rule: 'budget' }, until, author: 'Ada', comment: 'load test' }
  const past = new Date(NOW_MS - MIN).toISOString()
  const far = new Date(NOW_MS + 91 * 24 * 60 * MIN).toISOString()
  for (const wrong of [
    { until: undefined },
    { until: past },
    { until: far },
    { author: '' },
    { comment: undefined },
    { matchers: {} },
    { ends: 1 },
  ]) {
    const { status, body } = await api.send('POST', '/v1/silences', { ...good, ...wrong }, 'fake-operator')
    assert.equal(status, 400, JSON.stringify(wrong))
    assert.equal(body.code, 'API_REQUEST_INVALID')
  }
})

test('whoever takes a group on has to be somebody it is about', async () => {
  const take = (group_key: string, token: string) => api.send('POST', '/v1/alerts/acknowledge', { group_key, author: 'Ada' }, token)
  const statuses = await Promise.all([
    take('group-acme', 'fake-acme'),
    take('group-both', 'fake-acme'),
    take('group-both', 'fake-operator'),
    take('group-none', 'fake-acme'),
    take('group-acme', 'fake-sender'),
  ])
  assert.deepEqual(
    statuses.map(({ status }) => status),
    [202, 403, 202, 403, 403],
  )
})

test('receivers are tried and enabled by operators alone', async () => {
  assert.equal((await api.send('POST', '/v1/alerts/test', { receiver: 'on-call', author: 'Ada' }, 'fake-acme')).status, 403)
  const { status, body } = await api.send('POST', '/v1/alerts/test', { receiver: 'on-call', author: 'Ada' }, 'fake-operator')
  assert.equal(status, 202)
  assert.equal(toldOf(`test/${String(body.id).replace('test-', '')}`).length, 4)
  assert.equal((await api.send('POST', '/v1/alerts/receivers/on-call/enable', undefined, 'fake-operator')).status, 202)
  assert.equal((await api.send('POST', '/v1/alerts/receivers/on-call/enable', undefined, 'fake-acme')).status, 403)
})
