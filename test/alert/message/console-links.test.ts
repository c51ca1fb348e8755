import assert from 'node:assert/strict'
import { test } from 'node:test'
import { consoleLinks } from '../../../services/alert/message/console-links.ts'
import type { AlertState } from '../../../services/alert/state/alert-state.ts'

const alertOf = (labels: Record<string, string>): AlertState => ({
  ...{ fingerprint: 'f00d', group: 'g', rule: 'r', rank: 0, state: 'firing', severity: 'page', labels, facts: {}, runbook: null },
  ...{ since_ms: Date.parse('2026-11-24T10:00:00Z'), fired_ms: Date.parse('2026-11-24T10:01:00Z'), last_true_ms: 0, judged_ms: 0 },
  ...{ until_ms: null, changed_at_ms: 0, value: 1, sample: 1, summary: '', description: '', threshold: null, firings_ms: [], trend: [] },
})
const linksOf = (labels: Record<string, string>) => consoleLinks('https://weir.example', [alertOf(labels)]).map(({ href }) => new URL(href))

test('a message leads to the page of what it is about, its requests and the alert, from half an hour before', () => {
  const [provider, requests, alert, ...rest] = linksOf({ provider: 'openai', severity: 'page' })
  assert.equal(rest.length, 0)
  assert.deepEqual(
    [provider?.pathname, requests?.pathname, alert?.pathname],
    ['/console/providers', '/console/requests', '/console/alerts'],
  )
  assert.deepEqual(Object.fromEntries(provider?.searchParams ?? []), { from: '2026-11-24T09:31:00.000Z', provider: 'openai' })
  assert.equal(requests?.searchParams.get('provider'), 'openai')
  assert.equal(alert?.searchParams.get('fingerprint'), 'f00d')
})

test('names of tenants stay names, whatever signs they hold', () => {
  const name = 'a&b=c#d/../é'
  const [page, requests] = linksOf({ tenant_id: name, route: 'chat' })
  assert.deepEqual([page?.pathname, page?.searchParams.get('tenant_id')], ['/console/fallbacks', name])
  assert.equal(requests?.searchParams.get('tenant_id'), name)
})

test('without the address of a console, or about nothing that has a page, there is no dead link', () => {
  assert.deepEqual(consoleLinks(null, [alertOf({ provider: 'openai' })]), [])
  assert.deepEqual(
    linksOf({}).map(({ pathname }) => pathname),
    ['/console/alerts'],
  )
  assert.deepEqual(consoleLinks('https://weir.example', []), [])
})
