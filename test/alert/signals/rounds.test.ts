import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import type { ViewSource } from '../../../services/alert/rules/rule.ts'
import { readSource } from '../../../services/alert/signals/read-source.ts'
import { buildRounds } from '../../../services/alert/signals/rounds.ts'
import type { ClickHouse } from '../../../services/platform/clickhouse/client.ts'
import { MINUTE } from '../../../services/platform/clock.ts'
import { insertRows, minute, publish, usageRow } from '../../api/fixture.ts'
import { openTestClickHouse } from '../../fakes/clickhouse-server.ts'

let clickhouse: ClickHouse
let asked: string[] = []
const at = (clock: string) => minute(clock) * 1000
const source: ViewSource = { view: 'usage', measure: 'requests', over: '5m', by: ['tenant_id'] }
const counting = (): ClickHouse => ({
  ...clickhouse,
  query(sql, parameters, settings) {
    asked.push(sql)
    return clickhouse.query(sql, parameters, settings)
  },
})

before(async t => {
  clickhouse = (await openTestClickHouse(t as never)).clickhouse
  // One pass settled two minutes; one of them was settled anew since, so that the version of the pass is in place in the other alone.
  for (const clock of ['09:08', '09:09']) await publish(clickhouse, clock, 1)
  await publish(clickhouse, '09:09', 2)
  await insertRows(clickhouse, 'usage_per_minute', [
    usageRow('09:08', 'acme', { requests: 10 }),
    usageRow('09:09', 'acme', { requests: 500 }),
    usageRow('09:09', 'acme', { requests: 7, settle_version: 2 }),
  ])
})

async function round(rounds: ReturnType<typeof buildRounds>, nowMs: number) {
  asked = []
  const settledUntilMs = await rounds.begin(nowMs)
  const read = async () => (await readSource(source, { nowMs, settledUntilMs }, rounds.deps())).readings[0]?.value
  const values = [await read(), await read()]
  return { settledUntilMs, values, asked: asked.length }
}

test('rules of a round share what they ask; the next round asks again only when something was settled', async () => {
  const rounds = buildRounds({ clickhouse: counting() })
  const nowMs = at('09:10') + 5_000
  // Once how far settling has come, once the view.
  assert.deepEqual(await round(rounds, nowMs), { settledUntilMs: at('09:10'), values: [17, 17], asked: 2 })
  assert.deepEqual(await round(rounds, nowMs + 15_000), { settledUntilMs: at('09:10'), values: [17, 17], asked: 1 })
  await insertRows(clickhouse, 'usage_per_minute', [usageRow('09:09', 'acme', { requests: 9, settle_version: 3 })])
  await publish(clickhouse, '09:09', 3)
  assert.deepEqual(await round(rounds, nowMs + 30_000), { settledUntilMs: at('09:10'), values: [19, 19], asked: 2 })
  assert.equal((await round(rounds, nowMs + 30_000 + 3 * MINUTE)).asked, 2, 'terms and older minutes may have changed meanwhile')
})

test('partitions that look at the same time look once, and what failed is asked again', async () => {
  let isBroken = true
  const broken: ClickHouse = {
    ...clickhouse,
    async query(sql, parameters, settings) {
      if (isBroken) throw new Error('down')
      return clickhouse.query(sql, parameters, settings)
    },
  }
  const rounds = buildRounds({ clickhouse: broken })
  await assert.rejects(rounds.begin(at('09:10')))
  isBroken = false
  const [one, other] = [rounds.begin(at('09:10')), rounds.begin(at('09:10') + 100)]
  assert.equal(one, other)
  assert.equal(await one, at('09:10'))
})
