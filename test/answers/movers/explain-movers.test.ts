import assert from 'node:assert/strict'
import { test } from 'node:test'
import { comparedPeriods } from '../../../services/answers/movers/compared-periods.ts'
import { questions } from '../../../services/answers/questions.ts'
import { answerCommand } from '../../../services/cli/answers/answer-command.ts'
import { chargeRow } from '../../api/charge-rows.ts'
import { insertRows, publish, usageRow } from '../../api/fixture.ts'
import { runTool } from '../../cli/run-tool.ts'
import { openTestClickHouse } from '../../fakes/clickhouse-server.ts'

const NOW = { nowMs: Date.parse('2026-01-31T09:59:30Z') }
const found = questions.find(({ name }) => name === 'movers')
assert.ok(found)
const movers = answerCommand(found)

test('a tenant that grew and one whose prices rose are each found, with the parts that made their change', async t => {
  const database = await openTestClickHouse(t)
  const { clickhouse } = database
  for (const clock of ['08:00', '09:00']) await publish(clickhouse, clock, 1)
  const ten = { requests: 10, successful_requests: 10, service_tier: 'standard' }
  await insertRows(clickhouse, 'usage_per_minute', [
    usageRow('08:00', 'acme', ten),
    usageRow('09:00', 'acme', { ...ten, requests: 30, successful_requests: 30 }),
    usageRow('08:00', 'globex', ten),
    usageRow('09:00', 'globex', ten),
  ])
  await insertRows(clickhouse, 'charges_per_minute', [
    chargeRow('08:00', 'acme'),
    chargeRow('09:00', 'acme', { quantity: 3000 }),
    chargeRow('08:00', 'globex'),
    chargeRow('09:00', 'globex', { unit_price: '0.0025', price_version: 2 }),
  ])
  const run = async (...args: string[]) => {
    const { code, out, err } = await runTool(
      movers,
      ['--from', '2026-01-31T09:00:00Z', '--to', '2026-01-31T09:01:00Z', ...args],
      database,
      NOW,
    )
    assert.equal(code, 0, err)
    return out
  }
  assert.match(await run(), /nothing is settled in the one compared with/)
  const hour = ['--from', '2026-01-31T08:30:00Z', '--to', '2026-01-31T09:30:00Z', '--format', 'json']
  const whole = await runTool(movers, hour, database, NOW)
  const answer = JSON.parse(whole.out)
  assert.equal(answer.from, '2026-01-31T08:30:00Z')
  assert.equal(answer.to, '2026-01-31T09:01:00Z', 'cut where settling has come to')
  const [all, ...rest] = answer.findings
  assert.deepEqual([all.cost_before, all.cost_after, all.change, all.currency], ['2', '5.5', '3.5', 'USD'])
  assert.deepEqual(
    rest.map((one: Record<string, unknown>) => [one['tenant_id'], one['change'], one['parts']]),
    [
      ['acme', '2', [{ part: 'volume', amount: '2' }]],
      ['globex', '1.5', [{ part: 'price', amount: '1.5' }]],
    ],
  )
  const sum = all.parts.reduce((total: number, { amount }: { amount: string }) => total + Number(amount), 0)
  assert.ok(Math.abs(sum - 3.5) < 1e-12)
  assert.deepEqual([rest[1].cost_per_successful_request_before, rest[1].cost_per_successful_request_after], ['0.1', '0.25'])
  assert.equal(answer.confidence, 'high')
  const byModel = JSON.parse((await runTool(movers, [...hour, '--by', 'model'], database, NOW)).out)
  assert.deepEqual(byModel.findings.map((one: { tenant_id: null; model: string | null }) => [one.tenant_id, one.model]).slice(0, 1), [
    [null, null],
  ])
  assert.equal(byModel.findings.length, 2)
})

test('what has no price is said to be missing, and makes the answer unsure', async t => {
  const database = await openTestClickHouse(t)
  const { clickhouse } = database
  for (const clock of ['08:00', '09:00']) await publish(clickhouse, clock, 1)
  await insertRows(clickhouse, 'charges_per_minute', [
    chargeRow('08:00', 'acme'),
    chargeRow('09:00', 'acme'),
    chargeRow('09:00', 'acme', { unit_price: null, price_key: '', price_version: 0 }),
  ])
  const args = ['--from', '2026-01-31T08:30:00Z', '--to', '2026-01-31T09:30:00Z', '--format', 'json']
  const answer = JSON.parse((await runTool(movers, args, database, NOW)).out)
  assert.equal(answer.confidence, 'low')
  assert.deepEqual(answer.missing, ['a price for 33.3 % of what was used: it is in no amount'])
})

test('this month is compared with the same days of the last one, a week with the one before, and only what is settled', async () => {
  const at = (text: string) => Date.parse(`${text}Z`)
  const asked = { fromMs: at('2026-03-30T00:00:00'), toMs: at('2026-03-31T12:30:30'), against: 'before', isMonthToDate: false } as const
  const text = ({ before, after }: ReturnType<typeof comparedPeriods>) =>
    [before.fromMs, before.toMs, after.fromMs, after.toMs].map(ms => new Date(ms).toISOString().slice(0, 16))
  assert.deepEqual(text(comparedPeriods({ ...asked, isMonthToDate: true }, null)), [
    '2026-02-01T00:00',
    '2026-02-28T12:30',
    '2026-03-01T00:00',
    '2026-03-31T12:30',
  ])
  assert.deepEqual(text(comparedPeriods({ ...asked, against: 'week' }, at('2026-03-31T12:00:00'))), [
    '2026-03-23T00:00',
    '2026-03-24T12:00',
    '2026-03-30T00:00',
    '2026-03-31T12:00',
  ])
  assert.deepEqual(text(comparedPeriods(asked, at('2026-03-31T00:00:00'))), [
    '2026-03-29T00:00',
    '2026-03-30T00:00',
    '2026-03-30T00:00',
    '2026-03-31T00:00',
  ])
})
