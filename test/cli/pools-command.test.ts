import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { poolsCommand } from '../../services/cli/pools/pools-command.ts'
import { formatDecimal, parseDecimal } from '../../services/money/decimal.ts'
import { parseTerms } from '../../services/money/terms/parse-terms.ts'
import { planTerms, storeTerms } from '../../services/money/terms/terms-store.ts'
import { openTestClickHouse } from '../fakes/clickhouse-server.ts'
import { HOUR_MS, HOUR_START_MS, MINUTE_MS } from '../money/pools/pool-periods.ts'
import { insertMinutes } from '../money/pools/settled-minutes.ts'
import { runTool } from './run-tool.ts'

const database = await openTestClickHouse({ after })
const { clickhouse } = database
const TERMS = `
currency: EUR
exchange_rates:
  - { from: USD, to: EUR, rate: 0.9, valid_from: 2020-01-01 }
tenants:
  - { id: acme, time_zone: Asia/Kolkata }
pools:
  - pool: gpu-a
    idle: weighted
    rates:
      - { id: hourly, purchase: on_demand, per_gpu_hour: 1.1, currency: USD }
    overheads:
      - { id: rack, per_hour: 0.5, currency: USD }
`
const minutes = Array.from({ length: 120 }, (_, n) => ({
  pool: 'gpu-a',
  at_ms: HOUR_START_MS + n * MINUTE_MS,
  gpus: 3,
  gpu_busy_ratio: '0.7',
}))
const work = { pool: 'gpu-a', at_ms: HOUR_START_MS, token_kind: 'output' }
await insertMinutes(clickhouse, minutes, [
  { ...work, tenant_id: 'acme', quantity: 1 },
  { ...work, tenant_id: 'globex', quantity: 6 },
])
await clickhouse.insert(
  'usage_per_minute',
  ['window_start', 'settle_version', 'tenant_id', 'upstream_kind', 'upstream', 'attempts'],
  [[HOUR_START_MS / 1000, 1, 'acme', 'pool', 'gpu-forgotten', 5]],
)
const plan = await planTerms(TERMS, 'terms.yaml', HOUR_START_MS, clickhouse)
await storeTerms(TERMS, plan, { kind: 'import', imported_by: 'test', reason: '', source: 'terms.yaml' }, clickhouse)

const iso = (ms: number) => new Date(ms).toISOString()
const span = ['--from', iso(HOUR_START_MS), '--to', iso(HOUR_START_MS + 2 * HOUR_MS)]
const pools = async (...args: string[]) => await runTool(poolsCommand, ['costs', ...args], database)

test('shares sum to what was put in, in the currency of the terms; a pool without terms is named', async () => {
  const { code, out, err } = await pools(...span, '--format', 'json')
  assert.equal(code, 0, err)
  const told = JSON.parse(out) as { pools: Record<string, string>[]; shares: Record<string, string>[] }
  // (3 × 1.1 + 0.5) × 0.9 × 2 hours
  assert.deepEqual([told.pools.length, told.pools[0]?.['cost'], told.pools[0]?.['currency']], [1, '6.84', 'EUR'])
  const sum = told.shares.reduce((all, share) => all + parseDecimal(share['cost'] ?? ''), 0n)
  assert.equal(formatDecimal(sum), '6.84')
  // The second hour has no work: its busy time is nobody's and its idle time is kept apart.
  assert.deepEqual(
    told.shares.map(share => [share['tenant_id'], share['kind'], share['reason'], share['cost']]),
    [
      ['__idle__', 'idle', '', '1.026'],
      ['__unattributed__', 'unattributed', 'no_work', '2.394'],
      ['acme', 'busy', '', '0.342'],
      ['acme', 'idle', '', '0.146571428571428571'],
      ['globex', 'busy', '', '2.052'],
      ['globex', 'idle', '', '0.879428571428571429'],
    ],
  )
  assert.match(err, /gpu-forgotten has 5 attempts and no cost/)
})

test('text is rounded and says so; hours are told one by one', async () => {
  const { code, out, err } = await pools(...span, '--by', 'hour')
  assert.equal(code, 0, err)
  assert.match(out, /gpu-a +2026-11-24T03:00:00.000Z +3 +0\.7 +3\.42 +2\.394 +1\.026 +0 +EUR/)
  assert.match(out, /globex +llama-70b +idle .*0\.879429/)
  assert.match(err, /rounded to six digits/)
})

test('a span that is none, an unknown pool and an unknown choice are refused', async () => {
  for (const [args, fault] of [
    [['--from', '2026-11-25', '--to', '2026-11-24'], /--from is not before --to/],
    [[...span, '--pool', 'nope'], /--pool nope is not in the billing terms; they name gpu-a/],
    [[...span, '--by', 'week'], /'week' is invalid. Allowed choices are span, hour/],
  ] as const) {
    const { code, err } = await pools(...args)
    assert.equal(code, 2)
    assert.match(err, fault)
  }
})

test('the terms of the example and the weights they leave out are those of the document', () => {
  const [pool] = parseTerms(TERMS, { file: 'terms.yaml', version: 1 }).pools
  assert.deepEqual(Object.values(pool?.weights ?? {}).map(formatDecimal), ['1', '0.1', '4'])
})
