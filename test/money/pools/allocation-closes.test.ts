/** Properties of allocations over random pools: ugly names, no work, no GPUs, 10^12 tokens, reservations beyond the pool. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { allocatePoolPeriod } from '../../../services/money/pools/allocate-period.ts'
import type { PoolAllocation, PoolPeriod, TenantWork } from '../../../services/money/pools/allocation.ts'
import type { PoolTerms } from '../../../services/money/terms/terms.ts'
import { always, dollars, HOUR_START_MS, MINUTE_MS, poolPeriod, poolTerms, tenantWork } from './pool-periods.ts'

const RUNS = { numRuns: 1_500 }
const ONE = 10n ** 18n
const tenants = fc.constantFrom('acme', 'globex', 'ünïcode "quoted"', '', 'a', '__idle__')
const tokens = fc.oneof(fc.constant(0), fc.nat(5_000), fc.integer({ min: 0, max: 10 ** 12 }))
const seconds = fc.option(fc.bigInt({ min: 0n, max: 10n ** 22n }), { freq: 6 })
const amount = fc.oneof(fc.constant(0n), fc.bigInt({ min: 0n, max: 10n ** 20n }), fc.nat(9).map(BigInt))
const gpus = fc.nat(16)

const work = fc.record({
  tenant_id: tenants,
  model: fc.constantFrom('m1', 'm2', ''),
  uncached_input_tokens: tokens,
  cached_input_tokens: tokens,
  output_tokens: tokens,
  prefill_seconds: seconds,
  decode_seconds: seconds,
})

const period: fc.Arbitrary<PoolPeriod> = fc
  .record({
    quarters: fc.integer({ min: 1, max: 4 }),
    gpu_hours: fc.option(amount),
    utilisation_ratio: fc.option(fc.oneof(fc.constantFrom(0n, ONE), fc.bigInt({ min: 0n, max: ONE }))),
    missing: fc.oneof(fc.constant(0), fc.nat(60)),
    work: fc.array(work, { maxLength: 12 }),
  })
  .map(({ quarters, missing, ...rest }) => ({
    ...poolPeriod(rest),
    end_ms: HOUR_START_MS + quarters * 15 * MINUTE_MS,
    measured_minutes: Math.max(0, quarters * 15 - missing),
  }))

const terms: fc.Arbitrary<PoolTerms> = fc
  .record({
    owner: tenants,
    gpu_count: fc.constantFrom('measured' as const, 'scheduled' as const),
    split_by: fc.constantFrom('tokens' as const, 'time' as const),
    idle: fc.constantFrom('kept' as const, 'weighted' as const, 'even' as const, 'owner' as const, 'reservations' as const),
    weights: fc.record({ input: amount, cached_input: amount, output: amount }),
    rates: fc.array(
      fc.record({
        id: fc.string(),
        purchase: fc.constantFrom('reserved' as const, 'spot' as const, 'on_demand' as const),
        per_gpu_hour: amount,
        gpus: fc.option(gpus),
      }),
      { maxLength: 4 },
    ),
    overheads: fc.array(fc.record({ id: fc.string(), per_hour: amount }), { maxLength: 2 }),
    reservations: fc.array(fc.record({ tenant_id: tenants, gpus }), { maxLength: 4 }),
  })
  .map(({ rates, overheads, reservations, ...rest }) =>
    poolTerms({
      ...rest,
      rates: rates.map(rate => ({ ...always, ...rate, currency: 'USD' })),
      overheads: overheads.map(overhead => ({ ...always, ...overhead, currency: 'USD' })),
      reservations: reservations.map(reservation => ({ ...always, ...reservation })),
    }),
  )

const sum = (values: readonly bigint[]) => values.reduce((all, value) => all + value, 0n)
const bytes = (allocation: PoolAllocation) => JSON.stringify(allocation, (_, value) => (typeof value === 'bigint' ? String(value) : value))

test('shares sum to the cost, the GPU-hours and a ratio of exactly 1, none is negative, and the cost is what was put in', () => {
  fc.assert(
    fc.property(period, terms, (period, terms) => {
      const { shares, parts, cost, gpu_hours } = allocatePoolPeriod(period, terms, dollars)
      assert.equal(sum(shares.map(share => share.cost)), cost)
      assert.equal(sum(parts.map(part => part.cost)), cost)
      assert.equal(sum(shares.map(share => share.gpu_hours)), gpu_hours)
      assert.equal(sum(shares.map(share => share.allocated_ratio)), ONE)
      for (const share of shares) assert.ok(share.cost >= 0n && share.gpu_hours >= 0n && share.allocated_ratio >= 0n)
    }),
    RUNS,
  )
})

test('the order of the work, and of rows that say the same in parts, changes no byte', () => {
  fc.assert(
    fc.property(period, terms, fc.infiniteStream(fc.nat()), (period, terms, keys) => {
      const parts = period.work.flatMap(halves)
      const keyed = parts.map(one => ({ one, key: keys.next().value as number }))
      const shuffled = keyed.sort((a, b) => a.key - b.key).map(({ one }) => one)
      const again = allocatePoolPeriod({ ...period, work: shuffled }, terms, dollars)
      assert.equal(bytes(again), bytes(allocatePoolPeriod(period, terms, dollars)))
    }),
    RUNS,
  )
})

test('every busy share is within one last digit of cost × measured × utilisation × work ÷ all work', () => {
  fc.assert(
    fc.property(period, terms, (period, terms) => {
      const all = allocatePoolPeriod(period, { ...terms, split_by: 'tokens' }, dollars)
      const weight = (one: TenantWork) =>
        terms.weights.input * BigInt(one.uncached_input_tokens) +
        terms.weights.cached_input * BigInt(one.cached_input_tokens) +
        terms.weights.output * BigInt(one.output_tokens)
      const total = sum(period.work.map(weight))
      const minutes = BigInt((period.end_ms - period.start_ms) / MINUTE_MS)
      const measured = period.utilisation_ratio === null ? 0n : BigInt(period.measured_minutes)
      for (const share of all.shares.filter(({ kind }) => kind === 'busy')) {
        const own = sum(period.work.filter(one => one.tenant_id === share.tenant_id && one.model === share.model).map(weight))
        const dividend = all.cost * measured * (period.utilisation_ratio ?? 0n) * own
        const divisor = minutes * ONE * total
        const difference = share.cost * divisor - dividend
        assert.ok((difference < 0n ? -difference : difference) < divisor)
      }
      const gap = all.shares.filter(({ reason }) => reason === 'not_measured')
      assert.equal(gap.length, measured < minutes ? 1 : 0)
    }),
    RUNS,
  )
})

function halves(one: TenantWork): TenantWork[] {
  const part = (name: 'uncached_input_tokens' | 'cached_input_tokens' | 'output_tokens') => Math.floor(one[name] / 2)
  const first = {
    uncached_input_tokens: part('uncached_input_tokens'),
    cached_input_tokens: part('cached_input_tokens'),
    output_tokens: part('output_tokens'),
    prefill_seconds: one.prefill_seconds === null ? null : one.prefill_seconds / 3n,
    decode_seconds: one.decode_seconds === null ? null : one.decode_seconds / 3n,
  }
  const second = {
    uncached_input_tokens: one.uncached_input_tokens - first.uncached_input_tokens,
    cached_input_tokens: one.cached_input_tokens - first.cached_input_tokens,
    output_tokens: one.output_tokens - first.output_tokens,
    prefill_seconds: one.prefill_seconds === null ? null : one.prefill_seconds - (first.prefill_seconds ?? 0n),
    decode_seconds: one.decode_seconds === null ? null : one.decode_seconds - (first.decode_seconds ?? 0n),
  }
  const { tenant_id, model } = one
  return [tenantWork(tenant_id, { model, ...first }), tenantWork(tenant_id, { model, ...second })]
}
