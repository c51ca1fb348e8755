import assert from 'node:assert/strict'
import { test } from 'node:test'
import { explainFairness, type FairnessInputs } from '../../../services/answers/fairness/explain-fairness.ts'
import { findLacks, type TenantRow } from '../../../services/answers/fairness/find-lacks.ts'
import { judgePriorities } from '../../../services/answers/fairness/judge-priorities.ts'
import { MINUTE } from '../../../services/platform/clock.ts'

const START_MS = Date.UTC(2026, 10, 24, 3)
const period = { fromMs: START_MS, toMs: START_MS + 60 * MINUTE }

/** Minutes in which two classes waited so long each, in turn. */
const waits = (classes: Record<string, readonly number[]>, minutes = 20) =>
  Object.entries(classes).flatMap(([priority, queues]) =>
    Array.from({ length: minutes }, (_, index) => ({
      ...{ pool: 'llama', at_ms: START_MS + index * MINUTE, priority, requests: 10 },
      queue_p50_ms: queues[index % queues.length] ?? 0,
    })),
  )

test('a higher class that waits longer is upside down, one that waits less is honoured, and alike is ignored', () => {
  const stateOf = (classes: Record<string, readonly number[]>) =>
    judgePriorities(waits(classes)).map(one => [one.state, one.higher, one.lower])
  assert.deepEqual(stateOf({ batch: [100, 200], interactive: [900, 1_500] }), [['inverted', 'interactive', 'batch']])
  assert.deepEqual(stateOf({ batch: [5_000], interactive: [20] }), [['honoured', 'interactive', 'batch']])
  assert.deepEqual(stateOf({ batch: [1_000, 1_100], interactive: [1_100, 1_000] }), [['ignored', 'interactive', 'batch']])
  assert.deepEqual(stateOf({ '5': [20], '-1': [900] }), [['honoured', '5', '-1']])
})

test('minutes in which neither class waited do not speak for their being alike', () => {
  const [found] = judgePriorities(waits({ batch: [0, 0, 50], interactive: [0, 4_000, 9_000] }, 30))
  assert.deepEqual([found?.state, found?.minutes], ['inverted', 20])
  assert.deepEqual(judgePriorities(waits({ batch: [0], interactive: [9] }, 30)), [])
})

test('classes whose order nobody knows, too few minutes and too few requests are not judged', () => {
  assert.deepEqual(judgePriorities(waits({ gold: [10], batch: [900] })), [])
  assert.deepEqual(judgePriorities(waits({ '1': [10], batch: [900] })), [])
  assert.deepEqual(judgePriorities(waits({ interactive: [10], batch: [900] }, 9)), [])
  assert.deepEqual(judgePriorities(waits({ interactive: [10], batch: [900] }).map(one => ({ ...one, requests: 2 }))), [])
})

const tenant = (tenant_id: string, facts: Partial<TenantRow> = {}): TenantRow => ({
  ...{ tenant_id, currency: 'USD', requests: 10, cost: '2.5', unpoliced_requests: 0, unpoliced_cost: '0' },
  ...{ unrouted_requests: 0, unrouted_cost: '0', ...facts },
})

test('what has no budget, policy or route is told with its money, for each currency, the dearest tenant first', () => {
  const rows = [
    tenant('acme'),
    tenant('globex', { cost: '0.1', unpoliced_requests: 3, unpoliced_cost: '0.05' }),
    tenant('initech', { cost: '7', currency: 'EUR', unrouted_requests: 10, unrouted_cost: '7' }),
    tenant('umbrella', { cost: '0.2' }),
  ]
  const found = findLacks(rows, ['ac*'])
  assert.deepEqual(
    found.map(one => [one.lack, one.currency, one.tenants, one.requests, one.cost]),
    [
      ['budget', 'USD', ['umbrella', 'globex'], 20, '0.3'],
      ['policy', 'USD', ['globex'], 3, '0.05'],
      ['budget', 'EUR', ['initech'], 10, '7'],
      ['route', 'EUR', ['initech'], 10, '7'],
    ],
  )
  assert.deepEqual(
    findLacks(rows, ['']).map(one => one.lack),
    ['policy', 'route'],
  )
})

const nothing: FairnessInputs = {
  ...{ pools: [], shares: [], waits: [], tenants: [], budgeted: [] },
  settled: { untilMs: period.toMs, windows: 60 },
}

test('what is unfair is told first; without readings nobody knows, without a queue nobody went short', () => {
  const share = { pool: 'llama', work: 9_000 }
  const answer = explainFairness(
    {
      ...nothing,
      pools: [{ pool: 'llama', read_minutes: 60, contended_minutes: 20 }],
      shares: [
        { ...share, tenant_id: 'noisy', asked: 900, served: 900 },
        { ...share, tenant_id: 'small', asked: 100, served: 5, work: 50 },
      ],
      waits: waits({ batch: [100], interactive: [900] }),
      tenants: [tenant('noisy')],
    },
    period,
  )
  assert.deepEqual(
    answer.findings.map(one => one.state),
    ['inverted', 'short', 'over', 'without'],
  )
  assert.equal(answer.is_calm, false)
  assert.match(answer.sentence, /upside down at llama.*and 1 more/)
  const blind = explainFairness(nothing, period)
  assert.match(blind.sentence, /No model server was read/)
  assert.deepEqual([blind.confidence, blind.is_calm, blind.missing.length], ['low', true, 1])
  const calm = explainFairness({ ...nothing, pools: [{ pool: 'llama', read_minutes: 60, contended_minutes: 2 }] }, period)
  assert.match(calm.sentence, /hardly waited/)
  assert.equal(explainFairness({ ...nothing, settled: { untilMs: null, windows: 0 } }, period).confidence, 'cannot tell')
})
