import assert from 'node:assert/strict'
import { test } from 'node:test'
import { spansOf } from '../../../services/alert/replay/replay.ts'
import { replayGroup } from '../../../services/alert/replay/replay-group.ts'
import { compileGroup } from '../../../services/alert/rules/compile-rule.ts'
import type { Rule } from '../../../services/alert/rules/rule.ts'
import { replayText } from '../../../services/cli/alerts/replay-text.ts'
import { DAY, HOUR, MINUTE } from '../../../services/platform/clock.ts'

const rule = (name: string, facts: Partial<Rule> = {}): Rule => ({
  name,
  summary: `${name} of {{ provider }}: {{ value | percent }}`,
  description: 'look',
  reads: { view: 'provider', measure: 'attempts', over: '1m', by: ['provider'] },
  above: 0.5,
  for: '2m',
  keep_firing_for: '1m',
  severity: 'page',
  ...facts,
})
const moments = (names: readonly string[], values: readonly (number | null)[]) =>
  values.map((value, index) => {
    const atMs = (index + 1) * MINUTE
    const readings = { settledUntilMs: atMs, isComplete: true, readings: [{ labels: { provider: 'a' }, value, sample: 9, facts: {} }] }
    return { atMs, readings: new Map(names.map(name => [name, readings])) }
  })

test('what held for long enough fires once, from when to when, with the words of when it held last', () => {
  const group = compileGroup({ name: 'g', group_by: [], rules: [rule('fails')] })
  // Holds from minute 2 to 6; for 2 minutes: it fires at 4; calm since 7: it ends when it has been calm for a minute.
  const firings = replayGroup(group, moments(['fails'], [0, 0.6, 0.7, 0.8, 0.9, 0.75, 0, 0, 0]))
  assert.equal(firings.length, 1)
  assert.deepEqual([firings[0]?.fired_ms, firings[0]?.until_ms], [4 * MINUTE, 7 * MINUTE])
  assert.equal(firings[0]?.summary, 'fails of a: 75 %')
})

test('a short spike fires nothing, and what goes on at the end has no end', () => {
  const group = compileGroup({ name: 'g', group_by: [], rules: [rule('fails')] })
  assert.deepEqual(replayGroup(group, moments(['fails'], [0, 0.9, 0.9, 0, 0])), [])
  assert.equal(replayGroup(group, moments(['fails'], [0.9, 0.9, 0.9, 0.9]))[0]?.until_ms, null)
})

test('an alert that another explains all the time is not told', () => {
  const rules = [rule('cause', { inhibits: [{ rule: 'effect', on: { provider: 'provider' } }] }), rule('effect', { severity: 'ticket' })]
  const group = compileGroup({ name: 'g', group_by: [], rules })
  const firings = replayGroup(group, moments(['cause', 'effect'], [0.9, 0.9, 0.9, 0.9, 0.9]))
  assert.deepEqual(
    firings.map(one => [one.rule, one.inhibited_by]),
    [
      ['cause', null],
      ['effect', 'cause'],
    ],
  )
  const text = replayText({ period: { fromMs: 0, toMs: HOUR }, firings, played: ['cause', 'effect'], left_out: ['data-late'] })
  assert.match(text, /2 alerts would have fired, 1 of them pages; 1 explained by others/)
  assert.match(text, /not told: cause explains it/)
  assert.match(text, /Not replayed, for they go by the clock: data-late/)
})

test('long gaps are not replayed, and of a long history the last days', () => {
  const minutes = (fromMs: number, count: number) => Array.from({ length: count }, (_, index) => fromMs + index * MINUTE)
  const spans = spansOf([...minutes(0, 3), ...minutes(5 * HOUR, 2)])
  assert.deepEqual(
    spans.map(({ fromMs, toMs }) => [fromMs, toMs]),
    [
      [0, 13 * MINUTE],
      [5 * HOUR, 5 * HOUR + 12 * MINUTE],
    ],
  )
  const [long] = spansOf(minutes(0, 20 * 24 * 60))
  assert.ok(long && long.toMs - long.fromMs <= 9 * DAY)
})
