/** Weir, Grafana's rules and Prometheus' rules about the same lines: what one fires for, the others do. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from 'yaml'
import { grafanaRules } from '../../../services/alert/generators/grafana-rules.ts'
import { compileGroup } from '../../../services/alert/rules/compile-rule.ts'
import { shippedGroups } from '../../../services/alert/rules/read-rule-groups.ts'
import { readSource } from '../../../services/alert/signals/read-source.ts'
import { judge } from '../../../services/alert/state/transition.ts'
import type { ClickHouse } from '../../../services/platform/clickhouse/client.ts'
import { HOUR, MINUTE } from '../../../services/platform/clock.ts'
import { insertRows, NOW_MS } from '../../api/fixture.ts'
import { openTestClickHouse } from '../../fakes/clickhouse-server.ts'
import { alertTest, calm, promtool, runPromtool } from './promtool.ts'

/** Lines a minute of one sender, and how many of them are refused, for two hours. */
interface Course {
  readonly lines: number
  readonly refused: number
}

/** Fine, a little, much, many of many, few, and one that is refused whole. */
const COURSES: readonly Course[] = [
  { lines: 100, refused: 0 },
  { lines: 100, refused: 2 },
  { lines: 100, refused: 8 },
  { lines: 1_000, refused: 9 },
  { lines: 2, refused: 1 },
  { lines: 20, refused: 20 },
]
const RULES = ['dead-letters', 'incomplete', 'slightly-incomplete']
const SPAN = 2 * HOUR

/** Rows of the ledger, one a minute: the same that the counters of the workers are made of. */
function rowsOf({ lines, refused }: Course, nowMs: number) {
  return Array.from({ length: SPAN / MINUTE }, (_, index) => ({
    ...{
      log_epoch: 'a',
      topic: 'weir.access-log.v1',
      partition: 0,
      offset: index,
      source: 'edge',
      received_at: nowMs - SPAN + index * MINUTE,
    },
    ...{ lines, dead_letters: refused, accepted_lines: lines - refused, rows: lines - refused, skipped_lines: 0, parked_lines: 0 },
  }))
}

async function weirFires(rule: string, nowMs: number, clickhouse: ClickHouse): Promise<boolean> {
  const compiled = shippedGroups().flatMap(group => compileGroup(group).rules)
  const { reads, timing } = compiled.find(({ name }) => name === rule) as (typeof compiled)[number]
  const { readings } = await readSource(reads, { nowMs, settledUntilMs: null }, { clickhouse })
  return readings.some(reading => judge(reading, timing, false, true) === 'holds')
}

async function grafanaFires(rule: string, nowMs: number, clickhouse: ClickHouse): Promise<boolean> {
  // biome-ignore lint/suspicious/noExplicitAny: a file is read as Grafana reads it
  const file = parse(grafanaRules(shippedGroups(), { datasourceUid: 'x', folder: 'Weir', database: '{database}' })) as any
  // biome-ignore lint/suspicious/noExplicitAny: as above
  const { data } = file.groups.flatMap((group: any) => group.rules).find(({ title }: { title: string }) => title === rule)
  const { type, params } = data[1].model.conditions[0].evaluator
  const sql = data[0].model.rawSql.replaceAll('now()', `toDateTime(${Math.floor(nowMs / 1_000)}, 'UTC')`)
  const rows = (await clickhouse.query(sql)) as { value: number }[]
  return rows.some(({ value }) => (type === 'gt' ? value > params[0] : value < params[0]))
}

test('Weir, Grafana and Prometheus fire for the same lines', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const found: boolean[][] = []
  for (const course of COURSES) {
    await clickhouse.command('TRUNCATE TABLE {database}.messages_read')
    await insertRows(clickhouse, 'messages_read', rowsOf(course, NOW_MS))
    const ours = await Promise.all(RULES.map(rule => weirFires(rule, NOW_MS, clickhouse)))
    assert.deepEqual(await Promise.all(RULES.map(rule => grafanaFires(rule, NOW_MS, clickhouse))), ours, JSON.stringify(course))
    found.push(ours)
  }
  // By hand: more than 1 % and ten in 15 minutes; under 95 % and 99 % of at least 100 in an hour.
  assert.deepEqual(found, [
    [false, false, false],
    [true, false, true],
    [true, true, true],
    [false, false, false],
    [true, true, true],
    [true, true, true],
  ])
  if (promtool === undefined) return t.diagnostic('Prometheus is left out: no promtool on PATH (Debian: apt install prometheus)')
  runPromtool(
    COURSES.map(({ lines, refused }, index) => {
      const series = (outcome: string, a: number) => ({ series: `worker_lines_total{outcome="${outcome}"}`, values: `0+${a}x120` })
      return {
        interval: '1m',
        input_series: [series('rows', lines - refused), series('dead_letter', refused), series('skipped', 0), ...calm],
        alert_rule_test: RULES.map((rule, at) => alertTest(rule, '2h', found[index]?.[at] === true)),
      }
    }),
  )
})
