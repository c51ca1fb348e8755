import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { plainText } from '../../../services/alert/message/message-parts.ts'
import { openTestClickHouse } from '../../fakes/clickhouse-server.ts'
import { type PlayedDemo, playDemo, type Told } from './play-demo.ts'

/** Rules that have a part in the incident; the others are left out for their time. */
const RULES = [
  'provider-failing',
  'pool-failing',
  'nothing-left',
  'failover-active',
  'retry-storm',
  'pool-saturated',
  'pool-fills-by-fallback',
]
/** The demo's own. */
const SEED = 1
let demo: PlayedDemo
const textOf = ({ atS, message }: Told) => `${atS} s: ${plainText(message)}`
const all = () => demo.told.map(textOf).join('\n\n')

before(async t => {
  const { clickhouse } = await openTestClickHouse(t as never)
  // The provider fails in the middle of a minute, as it does in the demo.
  const incidentMs = Date.UTC(2026, 10, 24, 10, 0, 24)
  demo = await playDemo({ seed: SEED, incidentMs, stepsS: [-20, 20, 50, 120, 300, 540], rules: RULES }, { clickhouse })
})

test('the demo: within a minute of the failure one page names provider, tenants, money and what to do', () => {
  const pages = demo.told.filter(({ atS, message }) => atS <= 60 && message.severity === 'page')
  assert.equal(pages.length, 1, all())
  const [page] = pages as [Told]
  const { title } = page.message
  // On a watch.
  assert.ok([...title].length <= 150)
  assert.match(title, /^\[P\] openai fails \d+ % of attempts/)
  for (const tenant of ['umbrella', 'initech', 'cyberdyne']) assert.ok(title.includes(tenant), title)
  assert.match(title, /[\d.]+K? requests rescued, \d+ lost, \S+ USD wasted/)
  const text = plainText(page.message)
  assert.match(text, /^Do first: take openai out of the routes of /m)
  assert.match(text, /^Done already: of \d+ requests .* answered by a retry or a fallback, \d+ by nobody\.$/m)
  assert.doesNotMatch(text, /n\/a|NaN|undefined|\{\{/)
})

test('the demo: nothing is told before the failure, and nobody is woken for whoever rescues', () => {
  assert.ok(
    demo.told.every(({ atS }) => atS > 0),
    all(),
  )
  assert.ok(
    demo.told.every(({ message }) => !/^\[P\] pool/.test(message.title)),
    all(),
  )
})

test('the demo: that the pool fills is told before it is full', () => {
  const warning = demo.told.find(({ message }) => message.alerts.some(({ rule }) => rule === 'pool-fills-by-fallback'))
  assert.ok(warning, all())
  assert.ok(warning.atS < demo.saturatedS, `${warning.atS} s, full after ${demo.saturatedS} s`)
  assert.match(warning.message.title, /takes the traffic of openai/)
})

test('the demo: everything is over after the recovery, and nothing new begins', () => {
  const { told } = demo
  const keys = new Set(told.map(({ message }) => message.group_key))
  for (const key of keys) assert.equal(told.findLast(({ message }) => message.group_key === key)?.message.status, 'resolved', all())
  const begun = told.filter(({ atS, message }) => atS > 300 && message.reason !== 'resolved' && message.reason !== 'some_resolved')
  assert.deepEqual(begun.map(textOf), [])
})
