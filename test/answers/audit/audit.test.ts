import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Value } from 'typebox/value'
import { Audit, buildAudit } from '../../../services/answers/audit/audit.ts'
import { AUDIT_QUESTIONS } from '../../../services/answers/audit/check.ts'
import { checks } from '../../../services/answers/audit/checks.ts'
import type { AuditFacts } from '../../../services/answers/audit/facts.ts'
import { readAuditFacts } from '../../../services/answers/audit/facts.ts'
import { auditMarkdown } from '../../../services/answers/audit/render-markdown.ts'
import { auditText } from '../../../services/cli/audit/audit-text.ts'
import { defaultPlatform } from '../../../services/demo/simulation/default-platform.ts'
import { providerOutage } from '../../../services/demo/simulation/incident.ts'
import { MINUTE } from '../../../services/platform/clock.ts'
import { play } from '../../bench/answers/play.ts'
import { openTestClickHouse } from '../../fakes/clickhouse-server.ts'
import { fairness, nothingKnown, rollout, route, traffic, wellRun } from './platform-facts.ts'

const PERIOD = { fromMs: Date.UTC(2026, 8, 1), toMs: Date.UTC(2026, 8, 2) }
const answersOf = (facts: AuditFacts) => Object.fromEntries(buildAudit(facts, PERIOD).questions.map(({ id, is_good }) => [id, is_good]))

test('a platform that does everything right has the answers one would like', () => {
  const audit = buildAudit(wellRun, PERIOD)
  assert.ok(Value.Check(Audit, audit))
  assert.deepEqual(
    audit.questions.map(({ id, answer, next_steps }) => [id, answer, next_steps]),
    AUDIT_QUESTIONS.map(({ id, good }) => [id, good, []]),
  )
  assert.equal(audit.sentence, 'Of six questions 6 have the answer one would like, 0 have not.')
})

test('of an empty installation nothing can be told, and nothing is called good or bad', () => {
  const audit = buildAudit(nothingKnown, PERIOD)
  assert.ok(audit.questions.every(({ answer, is_good }) => answer === 'cannot tell' && is_good === null))
  assert.equal(audit.sentence, 'Nothing is settled in this period: there is nothing to judge by.')
})

// What is done to the well-run platform, and the one check that must notice.
const faults: [check: string, facts: Partial<AuditFacts>][] = [
  ['named-routes', { traffic: [traffic({ routed_attempts: 900 }), ...wellRun.traffic.slice(1)] }],
  ['reported-tokens', { traffic: [traffic({ upstream_kind: '', upstream: '', unknown_usage_attempts: 900 }), ...wellRun.traffic] }],
  ['several-targets', { routes: [route({ upstreams: ['openai'], policies: [] })] }],
  ['engines-read', { pools: [] }],
  ['even-queues', { uneven: [{ pool: 'llama', minutes: 100, uneven_minutes: 30 }] }],
  ['keys', { senders: [{ gateway: 'envoy', dialect: 'envoy', attempts: 100, keyed_attempts: 50, sources: 1 }] }],
  ['priorities', { routes: [route({ priorities: ['interactive'] })] }],
  ['budgets', { budgetedTenants: ['globex'] }],
  ['canaries', { rollouts: [rollout({}), rollout({ state: 'worse' })] }],
  ['priorities-honoured', { fairness: [fairness({ kind: 'priority', state: 'inverted' })] }],
  ['fair-shares', { fairness: [fairness({ state: 'short' }), fairness({ pool: 'other' })] }],
  ['room', { pools: [{ ...wellRun.pools[0], saturated_minutes: 144 } as AuditFacts['pools'][number]] }],
  ['provider-policies', { traffic: [traffic({ policed_attempts: 10 }), ...wellRun.traffic.slice(1)] }],
  ['provider-fallback', { routes: [route({ recovered: 10 })] }],
  ['whole-cost', { traffic: [traffic({ unpriced_attempts: 200 }), ...wellRun.traffic.slice(1)] }],
  ['first-token', { traffic: [traffic({ timed_requests: 0 }), traffic({ upstream_kind: 'pool', upstream: 'llama', timed_requests: 0 })] }],
  ['books', { books: { lines: 1_000, dead_letters: 100, parked: 0 } }],
  ['books', { books: { lines: 1_000, dead_letters: 0, parked: 1 } }],
  ['seen-attempts', { traffic: [traffic({ unseen_attempts: 500, attempts_reported: 1_500 }), ...wellRun.traffic.slice(1)] }],
  ['bounded-retries', { routes: [route({ worst_amplification: 2.5 })] }],
  ['forecast', { pools: [{ ...wellRun.pools[0], forecast_minutes: 1_000, saturated_minutes: 0 } as AuditFacts['pools'][number]] }],
]

test('each fault of a platform is noticed by the check that is for it, which says what to do', () => {
  assert.deepEqual(
    [...new Set(faults.map(([id]) => id))].sort(),
    checks
      .map(({ id }) => id)
      .filter(id => id !== 'picker')
      .sort(),
    'every check has its fault',
  )
  for (const [id, fault] of faults) {
    const facts = { ...wellRun, ...fault }
    const audit = buildAudit(facts, PERIOD)
    const found = audit.layers.flatMap(layer => layer.checks).find(check => check.id === id)
    assert.equal(found?.word, 'no', `${id}: ${JSON.stringify(found)}`)
    assert.notEqual(found?.next_step, '', id)
    const decides = checks.find(check => check.id === id)?.decides ?? []
    for (const question of decides) assert.equal(answersOf(facts)[question], false, `${id} decides ${question}`)
  }
})

test('what there is no traffic for is not judged: without pools nobody is blamed for their queues', () => {
  const facts = { ...wellRun, traffic: [traffic({})], pools: [], uneven: [], pickers: [] }
  const ids = buildAudit(facts, PERIOD).layers.flatMap(layer => layer.checks.map(({ id }) => id))
  for (const id of ['engines-read', 'even-queues', 'picker', 'priorities', 'room', 'forecast']) assert.ok(!ids.includes(id), id)
})

test('names that senders chose cannot write into the page', () => {
  const facts = { ...wellRun, routes: [route({ route: '**x**\n# Bought', worst_amplification: 9 })] }
  const markdown = auditMarkdown(buildAudit(facts, PERIOD))
  assert.ok(!/^# Bought/m.test(markdown) && !markdown.includes('**x**'))
})

test("the demo's platform during its outage is told apart from a quiet one", async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const startMs = Date.UTC(2026, 8, 1)
  const incidents = [{ start_ms: startMs + MINUTE, script: providerOutage }]
  const { fromMs, toMs } = await play({ simulation: { seed: 3, startMs, platform: defaultPlatform, incidents }, minutes: 6 }, 3, {
    clickhouse,
  })
  const facts = await readAuditFacts({ fromMs, toMs, nowMs: toMs }, { clickhouse })
  const audit = buildAudit(facts, { fromMs, toMs })
  const checked = Object.fromEntries(audit.layers.flatMap(layer => layer.checks.map(({ id, word }) => [id, word])))
  assert.deepEqual(
    [checked['named-routes'], checked['bounded-retries'], checked['room'], checked['engines-read'], checked['budgets']],
    ['yes', 'no', 'no', 'yes', 'no'],
  )
  assert.match(auditText(audit), /^\[!!\] Can we see reliability degrading before the service is down\? NO$/m)
})
