import assert from 'node:assert/strict'
import { test } from 'node:test'
import { shippedGroups } from '../../../services/alert/rules/read-rule-groups.ts'
import { metricCatalogue } from '../../../services/platform/metrics-catalogue.ts'
import { alertTest, promtool, rulesOf, runPromtool } from './promtool.ts'

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

test(
  'Prometheus tells that settling stands still, that a message is undelivered and that the process is gone',
  { skip: promtool === undefined },
  () => runPromtool(ownTests),
)
