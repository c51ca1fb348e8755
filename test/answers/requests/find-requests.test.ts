import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { ListedRequest } from '../../../services/answers/requests/attempt-fields.ts'
import { findRequests } from '../../../services/answers/requests/find-requests.ts'
import { buildListPrices } from '../../../services/answers/requests/list-price.ts'
import type { RequestsAsked } from '../../../services/answers/requests/requests-page.ts'
import { defaultPlatform } from '../../../services/demo/simulation/default-platform.ts'
import { providerOutage } from '../../../services/demo/simulation/incident.ts'
import type { ClickHouse } from '../../../services/platform/clickhouse/client.ts'
import { MINUTE } from '../../../services/platform/clock.ts'
import { openPriceBookStore } from '../../../services/settle/price-book-store.ts'
import { settleWindows } from '../../../services/settle/settle-windows.ts'
import { play } from '../../bench/answers/play.ts'
import { openTestClickHouse } from '../../fakes/clickhouse-server.ts'

const startMs = Date.UTC(2026, 8, 1)
const everyone = { isAll: true, tenants: [], seesVolumes: true }
function units(decimal: string): bigint {
  const [whole = '', fraction = ''] = decimal.split('.')
  return BigInt(whole + fraction.padEnd(18, '0'))
}

describe('requests behind figures', () => {
  const incidents = [{ start_ms: startMs + MINUTE, script: providerOutage }]

  type Played = Awaited<ReturnType<typeof play>>
  let clickhouse: ClickHouse
  let toMs: number
  let truth: Played['truth']
  let deps: Parameters<typeof findRequests>[1]
  const closes: (() => Promise<void>)[] = []

  // Played when its turn comes: what is made while files are loaded stands long before it is asked for.
  before(async () => {
    ;({ clickhouse } = await openTestClickHouse({ after: close => closes.push(close) }))
    const simulation = { seed: 5, startMs, platform: defaultPlatform, incidents }
    ;({ toMs, truth } = await play({ simulation, minutes: 5 }, 5, { clickhouse }))
    deps = { clickhouse, prices: buildListPrices() }
    // A sender sends part of it again: the same lines at other positions.
    await clickhouse.command(
      `INSERT INTO {database}.attempts_raw SELECT * REPLACE (offset + 1000000 AS offset) FROM {database}.attempts_raw
     WHERE cityHash64(request_id) % 5 = 0`,
    )
    const windows = Array.from({ length: 20 }, (_, minute) => startMs + minute * MINUTE)
    await settleWindows(windows, { clickhouse, prices: await openPriceBookStore({}, { clickhouse }), now: () => toMs + 60 * MINUTE })
  })
  after(async () => {
    for (const close of closes) await close()
  })

  const asked = (facts: Partial<RequestsAsked>): RequestsAsked => ({
    fromMs: startMs,
    toMs: toMs + 15 * MINUTE,
    scope: everyone,
    filters: {},
    counted: 'attempt',
    limit: 1_000,
    after: undefined,
    ...facts,
  })

  /** All pages of it. */
  async function all(facts: Partial<RequestsAsked>): Promise<ListedRequest[]> {
    const found: ListedRequest[] = []
    let after: RequestsAsked['after']
    do {
      const page = await findRequests(asked({ ...facts, after }), deps)
      found.push(...page.requests)
      after = page.next
    } while (after !== undefined)
    return found
  }

  const keys = ['tenant_id', 'route', 'request_model', 'response_model', 'upstream', 'service_tier'] as const

  test('the requests behind a row of usage are as many as the row says, and cost what it says', async () => {
    const rows = await clickhouse.query<Record<string, string>>(
      `SELECT ${keys.join(', ')}, sum(requests) AS requests, sum(attempts) AS attempts, toString(sum(list_cost)) AS list_cost
     FROM {database}.usage_per_minute_current GROUP BY ${keys.join(', ')} ORDER BY ${keys.join(', ')}`,
    )
    assert.ok(rows.length > 25)
    for (const row of rows) {
      const { tenant_id = '', ...rest } = Object.fromEntries(keys.map(key => [key, row[key] ?? '']))
      const filters = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, [value]]))
      const scope = { ...everyone, isAll: false, tenants: [tenant_id] }
      const what = JSON.stringify(row)
      assert.equal((await all({ scope, filters, counted: 'request' })).length, Number(row['requests']), what)
      const matching = (await all({ scope, filters })).flatMap(({ attempts }) => attempts.filter(({ is_match }) => is_match))
      assert.equal(matching.length, Number(row['attempts']), what)
      // In units of 10^-18, as the columns are.
      const cost = matching.reduce((sum, { list_cost }) => sum + units(list_cost ?? '0'), 0n)
      assert.equal(cost, units(row['list_cost'] ?? ''), what)
    }
  })

  test('a request shows its attempts in order, and what became of each', async () => {
    const filters = { is_fallback: ['true'], outcome: ['ok'], gateway: ['weir'] }
    const [recovered] = (await findRequests(asked({ filters, counted: 'request', limit: 1 }), deps)).requests
    const told = truth.requests.find(({ request_id }) => request_id === recovered?.request_id)
    assert.ok(recovered && told)
    assert.deepEqual(
      recovered.attempts.map(attempt => [attempt['pool'] || attempt['provider'], attempt['status_code'], attempt['outcome']]),
      told.attempts.map(attempt => [attempt.upstream, attempt.status_code, attempt.outcome]),
    )
    assert.deepEqual([recovered.attempts.at(-1)?.is_final, recovered.outcome], [true, 'ok'])
  })

  test('pages together are the whole, each request once and in order, however small they are', async () => {
    const facts = { filters: { route: ['agents'] } }
    const whole = (await all(facts)).map(({ request_id }) => request_id)
    assert.ok(whole.length > 50)
    assert.deepEqual(
      (await all({ ...facts, limit: 7 })).map(({ request_id }) => request_id),
      whole,
    )
    assert.equal(new Set(whole).size, whole.length)
  })

  test('a tenant sees its own requests alone, without positions in the log of everyone', async () => {
    const [tenant] = defaultPlatform.tenants.map(({ tenant_id }) => tenant_id)
    const scope = { isAll: false, tenants: [String(tenant)], seesVolumes: false }
    const own = await all({ scope, limit: 500 })
    assert.ok(own.length > 0)
    assert.deepEqual([...new Set(own.map(({ tenant_id }) => tenant_id))], [tenant])
    assert.ok(own.every(({ attempts }) => attempts.every(attempt => attempt['position'] === null)))
    assert.deepEqual(await all({ scope: { ...scope, tenants: [] } }), [])
  })
})
