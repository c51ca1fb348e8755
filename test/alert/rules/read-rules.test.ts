import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { placesOf } from '../../../services/alert/rules/fill-template.ts'
import { readRuleGroups, shippedGroups } from '../../../services/alert/rules/read-rule-groups.ts'
import { joinGroups, readRules } from '../../../services/alert/rules/read-rules.ts'

const GOOD = `groups:
  - name: mine
    group_by: [route]
    rules:
      - name: slow
        summary: '{{ route }} is slow: {{ value | ms }}'
        description: look
        reads: { view: latency, measure: ttft_p95_ms, over: 5m, by: [route] }
        above: 2000
        severity: page
`

function faultsOf(text: string): string[] {
  try {
    readRules(text, 'mine.yaml')
  } catch (error) {
    return (error as Error).message.split('\n')
  }
  return []
}

test('a good file reads as it is written', () => {
  const [group] = readRules(GOOD, 'mine.yaml')
  assert.equal(group?.rules[0]?.above, 2000)
  assert.equal(group?.rules[0]?.name, 'slow')
})

const BAD: readonly (readonly [from: string, to: string, line: number, words: RegExp])[] = [
  ['view: latency', 'view: latncy', 8, /"latncy" is no view; did you mean latency\?/],
  ['ttft_p95_ms', 'ttft_p9_ms', 8, /is no measure of latency; did you mean ttft_p95_ms\?/],
  ['by: [route] }', 'by: [rout] }', 8, /"rout" is no label of latency; did you mean route\?/],
  ['group_by: [route]', 'group_by: [rout]', 3, /"rout" is a label of none of its rules; did you mean route\?/],
  ['{{ value | ms }}', '{{ valu | ms }}', 6, /\{\{ valu \}\} is neither label nor fact/],
  ['{{ value | ms }}', '{{ value | mss }}', 6, /"mss" is no filter/],
  ['{{ value | ms }}', '{{ value | }}', 6, /not closed or misspelt/],
  ['severity: page', 'severity: pgae', 10, /page, ticket or info/],
  ['above: 2000', 'abov: 2000', 9, /did you mean above\?/],
  ['above: 2000', 'above: 2000\n        below: 3', 5, /either above or below/],
  ['above: 2000', 'above: 2000\n        recovers_at: 3000', 10, /would end before it began/],
  ['measure: ttft_p95_ms', 'measure: ttft_p95_ms, where: { tenant: acme }', 8, /"tenant" is no label of latency; did you mean tenant_id/],
  ['reads: {', 'inhibits: [{ rule: other, on: {} }]\n        reads: {', 8, /other is no rule of the group mine/],
  ['- name: slow', '- name: weir-slow', 5, /those of alerting itself/],
  ['view: latency, measure: ttft_p95_ms, over: 5m, by: [route]', 'signal: budget-burn', 8, /severity is missing/],
  ['view: latency, measure: ttft_p95_ms, over: 5m, by: [route]', 'signal: slo-bur', 8, /"slo-bur" is no signal; did you mean slo-burn\?/],
  [
    'view: latency, measure: ttft_p95_ms, over: 5m, by: [route]',
    'view: usage, measure: list_cost, over: 5m, by: [route]',
    8,
    /add currency/,
  ],
  [
    'view: latency, measure: ttft_p95_ms, over: 5m, by: [route]',
    'answer: egress, over: 5m, by: [provider], value: failed_shar',
    8,
    /"failed_shar" is no field of a finding of egress; did you mean failed_share\?/,
  ],
]

for (const [from, to, line, words] of BAD) {
  test(`a fault is told with its line: ${to.slice(0, 70).replaceAll('\n', ' ')}`, () => {
    const faults = faultsOf(GOOD.replace(from, to))
    assert.ok(faults.length > 0, 'no fault was told')
    assert.ok(
      faults.some(fault => fault.startsWith(`mine.yaml:${line}: `) && words.test(fault)),
      faults.join('\n'),
    )
  })
}

test('all faults of a file are told at once', () => {
  const text = GOOD.replace('ttft_p95_ms', 'ttft_p59_ms').replace('{{ route }}', '{{ rout }}').replace('by: [route] }', 'by: [rout] }')
  // The group is by a label that no rule has any more, too.
  assert.equal(faultsOf(text).length, 4)
})

test('an objective becomes a rule that pages and one that is looked at, and a late one needs its threshold', () => {
  const slo = 'slos:\n  - { name: chat, objective: 99.9, indicator: ttft, threshold_ms: 800, by: [route], where: { route: chat } }\n'
  const [group] = readRules(slo, 'mine.yaml')
  assert.deepEqual(
    group?.rules.map(({ name, severity }) => [name, severity]),
    [
      ['chat-burns-fast', 'page'],
      ['chat-burns-slow', 'ticket'],
    ],
  )
  assert.match(faultsOf(slo.replace(' threshold_ms: 800,', '')).join(), /mine.yaml:2: .*threshold_ms is missing/)
  // What objectives become has to pass the checks of rules that people write.
  const again = JSON.stringify({ groups: [group] })
  assert.deepEqual(faultsOf(again), [])
})

test('two rules of one name are refused, across files too', () => {
  assert.throws(() => joinGroups([...readRules(GOOD, 'a'), ...readRules(GOOD, 'b')]), /two rules are named slow/)
})

test('shipped rules can be left out, one by one or all', () => {
  assert.deepEqual(readRuleGroups({ rules: [], shipped_rules: false }), [])
  const chosen = readRuleGroups({ rules: [], shipped_rules: ['provider-failing', 'pipeline'] })
  assert.deepEqual(chosen.map(({ name }) => name).sort(), ['pipeline', 'reliability'])
  assert.throws(() => readRuleGroups({ rules: ['/nowhere/*.yaml'], shipped_rules: ['nothing'] }), /nothing is neither[\s\S]*no such file/)
})

test('every shipped rule says what to do first, leads to its runbook, and its line does on a watch', () => {
  const runbooks = readdirSync(new URL('../../../docs/runbooks/', import.meta.url))
  for (const rule of shippedGroups().flatMap(({ rules }) => rules)) {
    assert.ok(runbooks.includes(`${rule.runbook}.md`), `${rule.name}: docs/runbooks/${rule.runbook}.md`)
    assert.match(rule.description, /Do first: /, rule.name)
    // Places become about eight characters each; the first 150 of a line have to do.
    const length = rule.summary.replaceAll(/\{\{[^}]*\}\}/g, '12345678').length
    assert.ok(length <= 140, `${rule.name}: ${length} characters`)
    assert.ok(placesOf(rule.summary).length > 0, `${rule.name} names nothing`)
  }
})

test('runbooks say what it means, what to check and what to do', () => {
  const folder = new URL('../../../docs/runbooks/', import.meta.url)
  for (const name of readdirSync(folder)) {
    const text = readFileSync(new URL(name, folder), 'utf8')
    for (const heading of ['## What it means', '## Check', '## Do']) assert.ok(text.includes(heading), `${name}: ${heading}`)
  }
})
