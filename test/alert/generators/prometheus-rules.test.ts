import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse, stringify } from 'yaml'
import { prometheusRules } from '../../../services/alert/generators/prometheus-rules.ts'
import { compileGroup } from '../../../services/alert/rules/compile-rule.ts'
import { shippedGroups } from '../../../services/alert/rules/read-rule-groups.ts'
import type { RuleGroup } from '../../../services/alert/rules/rule.ts'
import { judge } from '../../../services/alert/state/transition.ts'
import { metricCatalogue } from '../../../services/platform/metrics-catalogue.ts'
import { programOnPath } from '../../ingest/program.ts'

// biome-ignore lint/suspicious/noExplicitAny: a file is read as Prometheus reads it
type Json = any
const rulesOf = (groups: readonly RuleGroup[]): Json[] => (parse(prometheusRules(groups)) as Json).groups[0].rules

test('every metric that the file asks for is one of the catalogue, with labels and values of its own', () => {
  const names = new Set<string>()
  for (const { expr } of rulesOf(shippedGroups())) {
    for (const [, name = '', selector = ''] of (expr as string).matchAll(/([a-z]+(?:_[a-z]+)+)(?:\{([^}]*)\})?(?=[[)])/g)) {
      assert.ok(Object.hasOwn(metricCatalogue, name), `${name} in ${expr}`)
      names.add(name)
      const { labels } = metricCatalogue[name as keyof typeof metricCatalogue] as { labels: Record<string, readonly string[]> }
      for (const [, label = '', values = ''] of selector.matchAll(/(\w+)=~?"([^"]*)"/g))
        for (const value of values.split('|')) assert.ok(labels[label]?.includes(value), `${label}=${value} of ${name}`)
    }
  }
  assert.ok(names.size >= 6, [...names].join())
})

test('a threshold that is changed in the shipped rule is changed in the file, and a rule that is left out is not in it', () => {
  const changed = shippedGroups().map(group => ({
    ...group,
    rules: group.rules
      .filter(({ name }) => name !== 'incomplete')
      .map(rule => (rule.name === 'dead-letters' ? { ...rule, above: 0.07 } : rule)),
  }))
  const rules = rulesOf(changed)
  assert.match(rules.find(({ alert }) => alert === 'dead-letters').expr, / > 0\.07 and /)
  assert.equal(
    rules.find(({ alert }) => alert === 'incomplete'),
    undefined,
  )
})

const promtool = programOnPath('promtool', 'Debian: apt install prometheus')

test('Prometheus would fire where Weir does, on the same counts', { skip: promtool === undefined }, () => {
  const timings = new Map(shippedGroups().flatMap(group => compileGroup(group).rules.map(rule => [rule.name, rule.timing])))
  /** Lines a minute, and how many of them are refused, for two hours. */
  const worlds = [
    { lines: 100, refused: 0 },
    { lines: 100, refused: 2 },
    { lines: 100, refused: 8 },
    { lines: 1_000, refused: 9 },
    { lines: 1, refused: 1 },
    { lines: 0.4, refused: 0.2 },
  ]
  const tests = worlds.map(({ lines, refused }) => {
    const reading = (value: number, sample: number, count: number) => ({ labels: {}, facts: {}, value, sample, count })
    const holds = (name: string, over: number, isRefused: boolean) => {
      const [total, part] = [lines * over, refused * over]
      const timing = timings.get(name)
      assert.ok(timing, name)
      const value = (isRefused ? part : total - part) / total
      return judge(reading(value, total, isRefused ? part : total - part), timing, false, true) === 'holds'
    }
    const expected = [
      ['dead-letters', holds('dead-letters', 15, true)],
      ['incomplete', holds('incomplete', 60, false)],
      ['slightly-incomplete', holds('slightly-incomplete', 60, false)],
    ] as const
    const series = (outcome: string, a: number) => ({ series: `worker_lines_total{outcome="${outcome}"}`, values: `0+${a}x120` })
    return {
      interval: '1m',
      input_series: [series('rows', lines - refused), series('dead_letter', refused), series('skipped', 0), ...calm],
      alert_rule_test: expected.map(([alertname, fires]) => alertTest(alertname, '2h', fires)),
    }
  })
  const fired = tests.flatMap(one => one.alert_rule_test.filter(({ exp_alerts }) => exp_alerts.length > 0)).length
  assert.ok(fired >= 5, 'some fire, some do not')
  runPromtool([...tests, ...ownTests])
})

/** What the other rules look at, as it is when all is well. */
const calm = [
  { series: 'alert_oldest_undelivered_seconds', values: '0x120' },
  { series: 'settle_touched_windows_count', values: '0x120' },
  { series: 'settle_windows_total{cause="rows"}', values: '0+1x120' },
]

const alertTest = (alertname: string, eval_time: string, fires: boolean) => {
  const rule = rulesOf(shippedGroups()).find(({ alert }) => alert === alertname)
  // promtool compares labels and annotations: they are taken from the file, since whether it fires is what is asked.
  return { alertname, eval_time, exp_alerts: fires ? [{ exp_labels: rule.labels, exp_annotations: rule.annotations }] : [] }
}

/** Settling stands still, a message stays undelivered, the process is gone. */
const ownTests = [
  {
    interval: '1m',
    input_series: [
      { series: 'settle_touched_windows_count', values: '3x90' },
      { series: 'settle_windows_total{cause="rows"}', values: '0+1x10 10x80' },
      { series: 'alert_oldest_undelivered_seconds', values: '0x120' },
    ],
    alert_rule_test: [
      alertTest('data-late', '9m', false),
      alertTest('data-late', '25m', true),
      alertTest('data-very-late', '25m', false),
      alertTest('data-very-late', '80m', true),
      alertTest('delivery-stuck', '25m', false),
      alertTest('alerting-down', '25m', false),
    ],
  },
  { interval: '1m', input_series: [], alert_rule_test: [alertTest('alerting-down', '4m', false), alertTest('alerting-down', '6m', true)] },
]

function runPromtool(tests: readonly object[]): void {
  const folder = mkdtempSync(join(tmpdir(), 'weir-promtool-'))
  try {
    // Summaries hold the value, which is not what is compared: they are left out on both sides.
    const withoutSummary = (value: unknown) => JSON.parse(JSON.stringify(value, (key, one) => (key === 'summary' ? undefined : one)))
    const file = withoutSummary(parse(prometheusRules(shippedGroups())))
    writeFileSync(join(folder, 'as-written.yaml'), prometheusRules(shippedGroups()))
    writeFileSync(join(folder, 'rules.yaml'), stringify(file))
    writeFileSync(
      join(folder, 'tests.yaml'),
      stringify({ rule_files: ['rules.yaml'], evaluation_interval: '1m', tests: withoutSummary(tests) }),
    )
    for (const args of [
      ['check', 'rules', join(folder, 'as-written.yaml')],
      ['test', 'rules', join(folder, 'tests.yaml')],
    ]) {
      const { status, stdout, stderr } = spawnSync(promtool as string, args, { encoding: 'utf8' })
      assert.equal(status, 0, `${stdout}${stderr}`)
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
