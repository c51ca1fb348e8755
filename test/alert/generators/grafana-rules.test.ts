import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { parse } from 'yaml'
import { grafanaRules, isInGrafana } from '../../../services/alert/generators/grafana-rules.ts'
import { readsView } from '../../../services/alert/generators/rule-sql.ts'
import { compileGroup } from '../../../services/alert/rules/compile-rule.ts'
import { shippedGroups } from '../../../services/alert/rules/read-rule-groups.ts'
import type { RuleGroup } from '../../../services/alert/rules/rule.ts'
import { readSource } from '../../../services/alert/signals/read-source.ts'
import { judge } from '../../../services/alert/state/transition.ts'
import type { ClickHouse } from '../../../services/platform/clickhouse/client.ts'
import { MINUTE } from '../../../services/platform/clock.ts'
import { groupRow, insertRows, minute, poolRow, publish, usageRow } from '../../api/fixture.ts'
import { openTestClickHouse } from '../../fakes/clickhouse-server.ts'

// biome-ignore lint/suspicious/noExplicitAny: a file is read as Grafana reads it
type Json = any
const config = { datasourceUid: 'weir-clickhouse', folder: 'Weir', database: 'weir' }
const fileOf = (groups: readonly RuleGroup[]): Json => parse(grafanaRules(groups, config))
const rulesOf = (groups: readonly RuleGroup[]): Json[] => fileOf(groups).groups.flatMap((group: Json) => group.rules)

test('the shipped rules that read a view or the ledger of lines are in the file, the others are named', () => {
  const all = shippedGroups().flatMap(({ rules }) => rules)
  const text = grafanaRules(shippedGroups(), config)
  const titles = rulesOf(shippedGroups()).map(({ title }) => title)
  assert.deepEqual(
    titles.toSorted(),
    all
      .filter(isInGrafana)
      .map(({ name }) => name)
      .toSorted(),
  )
  assert.ok(titles.length >= 10, `${titles.length}`)
  for (const { name } of all.filter(rule => !isInGrafana(rule)))
    assert.match(text.split('\napiVersion')[0] ?? '', new RegExp(`\\b${name}\\b`))
})

test('every rule has what Grafana needs of it', () => {
  const rules = rulesOf(shippedGroups())
  const uids = rules.map(({ uid }) => uid)
  assert.equal(new Set(uids).size, uids.length)
  for (const rule of rules) {
    assert.match(rule.uid, /^[a-zA-Z0-9_-]{1,40}$/)
    assert.equal(rule.condition, 'B')
    assert.deepEqual([rule.noDataState, rule.execErrState], ['KeepLast', 'KeepLast'])
    const [query, threshold] = rule.data
    assert.deepEqual([query.datasourceUid, threshold.datasourceUid, threshold.model.expression], ['weir-clickhouse', '__expr__', 'A'])
    assert.equal(typeof threshold.model.conditions[0].evaluator.params[0], 'number')
    assert.doesNotMatch(query.model.rawSql, /[{}$]/, 'no parameter and no macro is left')
    for (const text of Object.values(rule.annotations) as string[])
      for (const [, inside] of text.matchAll(/\{\{(.*?)\}\}/g))
        assert.match(inside ?? '', /^ (\$labels\.\w+|humanize(Percentage)? \$values\.A\.Value) $/)
  }
})

test('text of a rule cannot leave its place in a statement', () => {
  const [group] = shippedGroups()
  const [rule] = group?.rules.filter(readsView) ?? []
  assert.ok(group && rule)
  const evil = { ...rule, reads: { ...rule.reads, where: { [rule.reads.by[0] as string]: "x') OR 1 = 1 --\\' {database}" } } }
  const [{ data }] = rulesOf([{ ...group, rules: [evil] }])
  assert.ok(data[0].model.rawSql.includes("['x\\') OR 1 = 1 --\\\\\\' {database}']"), data[0].model.rawSql)
})

const RULES: RuleGroup = {
  name: 'mirror',
  group_by: [],
  rules: [
    [
      'failures',
      { view: 'usage', measure: 'failed_requests', per: 'requests', over: '5m', by: ['tenant_id'] },
      { above: 0.2, least_sample: 10 },
    ],
    [
      'few',
      { view: 'usage', measure: 'failed_requests', per: 'requests', over: '5m', by: ['tenant_id'] },
      { above: 0.2, least_sample: 25 },
    ],
    ['bad', { view: 'usage', measure: 'failed_requests', per: 'requests', over: '5m', by: ['tenant_id'] }, { above: 0, least_value: 2 }],
    ['quiet', { view: 'usage', measure: 'requests', over: '2m', by: ['provider'] }, { below: 1_000 }],
    [
      'faults',
      {
        view: 'attempts',
        measure: 'upstream_faults',
        per: 'judged_attempts',
        over: '5m',
        by: ['tenant_id'],
        where: { outcome: ['error', 'ok'] },
      },
      { above: 0.3 },
    ],
    ['stalled', { view: 'pool', measure: 'stalled_requests', of: 'min', over: '2m', by: ['pool', 'model'] }, { above: 0 }],
    ['waiting', { view: 'pool', measure: 'waiting', per: 'running', of: 'max', over: '5m', by: ['pool'] }, { above: 0.5 }],
  ].map(([name, reads, more]) => ({
    name,
    reads,
    ...(more as object),
    summary: 's',
    description: 'd',
    severity: 'page',
  })) as RuleGroup['rules'],
}

let clickhouse: ClickHouse
const at = (clock: string) => minute(clock) * 1_000

before(async t => {
  clickhouse = (await openTestClickHouse(t as never)).clickhouse
  for (const clock of ['09:00', '09:01', '09:02', '09:03', '09:04']) await publish(clickhouse, clock, 1)
  await insertRows(clickhouse, 'usage_per_minute', [
    usageRow('09:00', 'acme', { requests: 10, successful_requests: 10 }),
    usageRow('09:03', 'acme', { requests: 10, successful_requests: 4 }),
    usageRow('09:04', 'globex', { requests: 30, successful_requests: 29 }),
    usageRow('09:04', 'acme', { requests: 500, successful_requests: 0, settle_version: 0 }),
  ])
  await insertRows(clickhouse, 'attempt_groups_per_minute', [
    groupRow('09:02', 'acme', { attempts: 8 }),
    groupRow('09:02', 'acme', { attempts: 4, outcome: 'error', error_class: 'timeout' }),
    groupRow('09:02', 'globex', { attempts: 5, outcome: 'error', error_class: 'client_error' }),
    groupRow('09:02', 'globex', { attempts: 2, outcome: 'error', error_class: 'provider_error' }),
  ])
  await insertRows(clickhouse, 'pool_per_minute', [
    poolRow('09:03', 'blue', 'llama', { running: 0, waiting: 4, samples: 4 }),
    poolRow('09:04', 'blue', 'llama', { running: 0, waiting: 2, samples: 4 }),
    poolRow('09:04', 'green', 'llama', { running: 4, waiting: 3, samples: 4 }),
  ])
})

test('Grafana would fire for the same things as Weir, on the same figures', async () => {
  const found: string[] = []
  for (const { name, reads, timing } of compileGroup(RULES).rules) {
    const { readings } = await readSource(reads, { nowMs: at('09:05') + MINUTE, settledUntilMs: at('09:05') }, { clickhouse })
    const ours = readings.filter(reading => judge(reading, timing, false, true) === 'holds').map(({ labels }) => labels)
    const rule = rulesOf([RULES]).find(({ title }) => title === name)
    const theirs = await firing(rule)
    assert.deepEqual(sorted(theirs), sorted(ours), name)
    found.push(`${name} ${ours.length}`)
  }
  assert.deepEqual(found, ['failures 1', 'few 0', 'bad 1', 'quiet 1', 'faults 2', 'stalled 1', 'waiting 1'])
})

test('every statement of the shipped rules runs', async () => {
  for (const rule of rulesOf(shippedGroups())) assert.ok(Array.isArray(await firing(rule)), rule.title)
})

/** What Grafana makes of a rule: rows of its statement, whose text columns are labels, held against its threshold. */
async function firing(rule: Json): Promise<Record<string, string>[]> {
  const [query, threshold] = rule.data
  const [{ evaluator }] = threshold.model.conditions
  // The fixture's minutes lie in the past: for "now" stands the end of its last minute.
  const sql = query.model.rawSql.replaceAll('now()', `toDateTime(${minute('09:05')}, 'UTC')`).replaceAll('weir.', '{database}.')
  const rows = await clickhouse.query<Record<string, string | number>>(sql, {})
  return rows
    .filter(({ value }) => (evaluator.type === 'gt' ? Number(value) > evaluator.params[0] : Number(value) < evaluator.params[0]))
    .map(({ value: _, ...labels }) => Object.fromEntries(Object.entries(labels).map(([name, text]) => [name, String(text)])))
}

const sorted = (things: readonly Readonly<Record<string, string>>[]) =>
  things.map(labels => JSON.stringify(labels, Object.keys(labels).sort())).sort()
