import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatDecimal } from '../../../services/money/decimal.ts'
import { allocatePoolPeriod } from '../../../services/money/pools/allocate-period.ts'
import type { PoolAllocation, PoolPeriod } from '../../../services/money/pools/allocation.ts'
import type { PoolTerms } from '../../../services/money/terms/terms.ts'
import { always, decimal, dollars, HOUR_MS, HOUR_START_MS, MINUTE_MS, poolPeriod, poolTerms, tenantWork } from './pool-periods.ts'

function allocate(period: Partial<PoolPeriod>, terms: Partial<PoolTerms> = {}, money = dollars): PoolAllocation {
  return allocatePoolPeriod(poolPeriod(period), poolTerms(terms), money)
}

/** Costs by "tenant kind" (and reason), as texts. */
function costs({ shares }: PoolAllocation): Record<string, string> {
  return Object.fromEntries(shares.map(share => [`${share.tenant_id} ${share.reason ?? share.kind}`, formatDecimal(share.cost)]))
}

const acme = tenantWork('acme', { uncached_input_tokens: 1_000, cached_input_tokens: 10_000, output_tokens: 500 })
const globex = tenantWork('globex', { uncached_input_tokens: 2_000, output_tokens: 500 })

test('half of 8 USD is busy and split 1000 + 0.1 × 10000 + 4 × 500 to 2000 + 4 × 500', () => {
  const allocation = allocate({ work: [acme, globex] })
  assert.deepEqual(costs(allocation), { '__idle__ idle': '4', 'acme busy': '2', 'globex busy': '2' })
  assert.equal(formatDecimal(allocation.cost), '8')
  assert.deepEqual(
    allocation.shares.map(share => formatDecimal(share.gpu_hours)),
    ['2', '1', '1'],
  )
})

test('idle goes by policy: weighted, even, owner, or kept where nobody can take it', () => {
  const work = [tenantWork('acme', { output_tokens: 300 }), tenantWork('globex', { output_tokens: 100 })]
  assert.deepEqual(costs(allocate({ work }, { idle: 'weighted' })), {
    'acme busy': '3',
    'acme idle': '3',
    'globex busy': '1',
    'globex idle': '1',
  })
  const even = { 'acme busy': '3', 'acme idle': '2', 'globex busy': '1', 'globex idle': '2' }
  assert.deepEqual(costs(allocate({ work }, { idle: 'even' })), even)
  assert.deepEqual(costs(allocate({ work }, { idle: 'owner', owner: 'platform' })), {
    'acme busy': '3',
    'globex busy': '1',
    'platform idle': '4',
  })
  for (const idle of ['owner', 'reservations'] as const) {
    assert.deepEqual(costs(allocate({ work }, { idle })), { '__idle__ idle': '4', 'acme busy': '3', 'globex busy': '1' }, idle)
  }
})

test('a reservation bears what its holder left unused of it, the rest of the idle time is kept apart', () => {
  const work = [tenantWork('acme', { output_tokens: 300 }), tenantWork('globex', { output_tokens: 100 })]
  // 4 GPU-hours, 2 busy: acme 1.5, globex 0.5. acme reserved 1 and used more; globex reserved 2 and left 1.5 of them.
  const reservations = [
    { ...always, tenant_id: 'acme', gpus: 1 },
    { ...always, tenant_id: 'globex', gpus: 2 },
  ]
  const allocation = allocate({ work }, { idle: 'reservations', reservations })
  assert.deepEqual(costs(allocation), { '__idle__ idle': '1', 'acme busy': '3', 'globex busy': '1', 'globex idle': '3' })
})

test('several reservations of one holder add up', () => {
  // 4 GPU-hours, none busy: acme reserved 1 and 2 of them, globex 1.
  const reservations = [
    { ...always, tenant_id: 'acme', gpus: 1 },
    { ...always, tenant_id: 'globex', gpus: 1 },
    { ...always, tenant_id: 'acme', gpus: 2 },
  ]
  const allocation = allocate({ utilisation_ratio: 0n }, { idle: 'reservations', reservations })
  assert.deepEqual(costs(allocation), { 'acme idle': '6', 'globex idle': '2' })
})

test('reservations larger than the pool share its idle time in proportion to what is unused of them', () => {
  const reservations = [
    { ...always, tenant_id: 'acme', gpus: 6 },
    { ...always, tenant_id: 'globex', gpus: 2 },
  ]
  const none = allocate({ utilisation_ratio: 0n }, { idle: 'reservations', reservations })
  assert.deepEqual(costs(none), { 'acme idle': '6', 'globex idle': '2' })
  // Overhead of a pool without any GPU: the reservations still say who it is for.
  const empty = allocate(
    { gpu_hours: 0n, utilisation_ratio: 0n },
    { idle: 'reservations', reservations, overheads: [{ ...always, id: 'rack', per_hour: decimal('1'), currency: 'USD' }] },
  )
  assert.deepEqual(costs(empty), { 'acme idle': '0.75', 'globex idle': '0.25' })
})

test('GPUs that worked although no attempt is known are unattributed, not idle', () => {
  assert.deepEqual(costs(allocate({ work: [] })), { '__idle__ idle': '4', '__unattributed__ no_work': '4' })
  const zero = allocate({ work: [tenantWork('acme')], utilisation_ratio: decimal('1') })
  assert.deepEqual(costs(zero), { '__unattributed__ no_work': '8' })
})

test('what was not measured is unattributed, whatever the policy says about idle', () => {
  const gap = { utilisation_ratio: null, utilisation_source: '', measured_minutes: 0 } as const
  assert.deepEqual(costs(allocate({ ...gap, work: [acme] }, { idle: 'owner', owner: 'acme' })), { '__unattributed__ not_measured': '8' })
  // A quarter of the hour without samples.
  const quarter = allocate({ measured_minutes: 45, work: [acme] })
  assert.deepEqual(costs(quarter), { '__idle__ idle': '3', '__unattributed__ not_measured': '2', 'acme busy': '3' })
})

test('utilisation of 0 and 1 leaves no busy and no idle share, and readings beyond are cut', () => {
  assert.deepEqual(costs(allocate({ work: [acme], utilisation_ratio: 0n })), { '__idle__ idle': '8' })
  for (const utilisation of ['1', '1.2'])
    assert.deepEqual(costs(allocate({ work: [acme], utilisation_ratio: decimal(utilisation) })), { 'acme busy': '8' })
})

test('reserved GPUs cost whether they are there or not, spot and on-demand ones only as far as they are', () => {
  const rates: PoolTerms['rates'] = [
    { ...always, id: 'r', purchase: 'reserved', per_gpu_hour: decimal('1.5'), currency: 'USD', gpus: 2 },
    { ...always, id: 's', purchase: 'spot', per_gpu_hour: decimal('1'), currency: 'USD', gpus: 3 },
    { ...always, id: 'd', purchase: 'on_demand', per_gpu_hour: decimal('4'), currency: 'USD', gpus: null },
  ]
  const parts = (gpu_hours: string | null, gpu_count: PoolTerms['gpu_count'] = 'measured') => {
    const allocation = allocate({ gpu_hours: gpu_hours === null ? null : decimal(gpu_hours) }, { rates, gpu_count })
    return allocation.parts.map(part => `${part.id} ${formatDecimal(part.gpu_hours)} ${formatDecimal(part.cost)}`)
  }
  assert.deepEqual(parts('6.5'), ['r 2 3', 's 3 3', 'd 1.5 6'])
  assert.deepEqual(parts('2.5'), ['r 2 3', 's 0.5 0.5', 'd 0 0'])
  assert.deepEqual(parts('0'), ['r 2 3', 's 0 0', 'd 0 0'])
  // Not measured, or the terms say so: as scheduled.
  assert.deepEqual(parts(null), ['r 2 3', 's 3 3', 'd 0 0'])
  assert.deepEqual(parts('1', 'scheduled'), ['r 2 3', 's 3 3', 'd 0 0'])
})

test('a third of an hour in another currency is rounded once a product, and still closes', () => {
  const exchange_rates = [
    { from: 'EUR', to: 'USD', rate: decimal('1.1'), valid_from_ms: 0, source: 'test' },
    { from: 'EUR', to: 'USD', rate: decimal('1.2'), valid_from_ms: HOUR_START_MS, source: 'test' },
    { from: 'EUR', to: 'USD', rate: decimal('9'), valid_from_ms: HOUR_START_MS + 1, source: 'test' },
  ]
  const rates: PoolTerms['rates'] = [{ ...always, id: 'r', purchase: 'reserved', per_gpu_hour: decimal('2'), currency: 'EUR', gpus: 1 }]
  const period = { end_ms: HOUR_START_MS + HOUR_MS / 3, measured_minutes: 20, gpu_hours: null, work: [acme] }
  const allocation = allocate(period, { rates }, { currency: 'USD', exchange_rates })
  // 2 × 1/3 = 0.666666666666666667, × 1.2 = 0.8000000000000000004 → 0.8
  assert.equal(formatDecimal(allocation.cost), '0.8')
  assert.deepEqual(costs(allocation), { '__idle__ idle': '0.4', 'acme busy': '0.4' })
  assert.throws(() => allocate(period, { rates }), { code: 'EXCHANGE_RATE_MISSING' })
})

test('by time the measured seconds decide, and tokens where some work has none', () => {
  const timed = { prefill_seconds: decimal('1'), decode_seconds: decimal('2') }
  const work = [
    { ...acme, ...timed },
    { ...globex, prefill_seconds: 0n, decode_seconds: decimal('1') },
  ]
  assert.deepEqual(costs(allocate({ work }, { split_by: 'time' })), { '__idle__ idle': '4', 'acme busy': '3', 'globex busy': '1' })
  const partly = allocate({ work: [...work.slice(0, 1), globex] }, { split_by: 'time' })
  assert.deepEqual(costs(partly), { '__idle__ idle': '4', 'acme busy': '2', 'globex busy': '2' })
})

test('of equal remainders the smaller tenant id, then the model, gets the last digit', () => {
  const rates: PoolTerms['rates'] = [{ ...always, id: 'r', purchase: 'reserved', per_gpu_hour: 2n, currency: 'USD', gpus: 1 }]
  const one = { output_tokens: 1 }
  const work = [tenantWork('b', one), tenantWork('a', { ...one, model: 'z' }), tenantWork('a', { ...one, model: 'y' })]
  const { shares } = allocate({ utilisation_ratio: decimal('1'), work }, { rates })
  assert.deepEqual(
    shares.map(share => [share.tenant_id, share.model, share.cost]),
    [
      ['a', 'y', 1n],
      ['a', 'z', 1n],
      ['b', 'llama-70b', 0n],
    ],
  )
})

test('a rate, overhead or reservation that changes inside a period is a fault of whoever cut it', () => {
  const inside = { valid_from_ms: HOUR_START_MS + MINUTE_MS, valid_to_ms: null }
  const ending = { valid_from_ms: 0, valid_to_ms: HOUR_START_MS + HOUR_MS - MINUTE_MS }
  for (const validity of [inside, ending]) {
    const rates: PoolTerms['rates'] = [{ ...validity, id: 'r', purchase: 'spot', per_gpu_hour: 1n, currency: 'USD', gpus: null }]
    assert.throws(() => allocate({}, { rates }), { code: 'INTERNAL_ERROR' })
    assert.throws(() => allocate({}, { overheads: [{ ...validity, id: 'o', per_hour: 1n, currency: 'USD' }] }), { code: 'INTERNAL_ERROR' })
    assert.throws(() => allocate({}, { reservations: [{ ...validity, tenant_id: 'acme', gpus: 1 }] }), { code: 'INTERNAL_ERROR' })
  }
  assert.throws(() => allocate({ end_ms: HOUR_START_MS }), { code: 'INTERNAL_ERROR' })
})
