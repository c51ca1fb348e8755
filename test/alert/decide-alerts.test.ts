import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ALERT_TOPIC } from '../../schemas/topics.ts'
import { AppError } from '../../services/platform/errors.ts'
import type { EventLog } from '../../services/platform/event-log/port.ts'
import { buildInMemoryEventLog } from '../fakes/in-memory-event-log.ts'
import { until } from '../fakes/until.ts'
import { aGroup, alertTopics, aRoute, aRule, buildInbox, buildWorld, ofPool, startAlert, tellSettled, type World } from './alerting.ts'

const full = aRule({ name: 'pool-full' })
const newLog = (options = {}) => buildInMemoryEventLog({ topics: alertTopics, ...options })

/** The next settled minute says this of the rule's pools, and every process hears that there is one. */
async function say(eventLog: EventLog, world: World, rule: string, ...values: [string, number | null][]): Promise<void> {
  world.readings.set(
    rule,
    values.map(([pool, value]) => ofPool(pool, value)),
  )
  world.settledUntilMs += 60_000
  await tellSettled(eventLog)
}

describe('alerting', () => {
  test('one page for what begins, one message when it ends, and the history of both', async () => {
    await using eventLog = newLog()
    const [world, inbox] = [buildWorld(), buildInbox()]
    await using alert = await startAlert({ group: aGroup([full]), world, receivers: [inbox] }, { eventLog })
    await say(eventLog, world, 'pool-full', ['a', 50])
    await until(() => inbox.received.length === 1)
    await say(eventLog, world, 'pool-full', ['a', 60])
    await say(eventLog, world, 'pool-full', ['a', 1])
    await until(() => inbox.received.length === 2)
    const [first, last] = inbox.received
    assert.deepEqual([first?.reason, first?.status, first?.title], ['first', 'firing', '[P] a is at 50'])
    assert.deepEqual([last?.reason, last?.status, last?.group_key], ['resolved', 'resolved', first?.group_key])
    assert.notEqual(last?.id, first?.id)
    await until(() => alert.clickhouse.rows('alert_deliveries').length >= 2)
    const changes = alert.clickhouse.rows('alert_history').map(row => row['change'])
    assert.deepEqual([changes.at(0), changes.at(-1)], ['fired', 'resolved'])
  })

  test('what was sent before a restart is not sent again, and its end is told by whoever runs then', async () => {
    await using eventLog = newLog()
    const [world, inbox] = [buildWorld(), buildInbox()]
    const config = { group: aGroup([full]), world, receivers: [inbox] }
    {
      await using _ = await startAlert(config, { eventLog })
      await say(eventLog, world, 'pool-full', ['a', 50])
      await until(() => inbox.received.length === 1)
    }
    {
      await using _ = await startAlert(config, { eventLog })
      await say(eventLog, world, 'pool-full', ['a', 50])
      await say(eventLog, world, 'pool-full', ['a', 1])
      await until(() => inbox.received.length === 2)
    }
    assert.deepEqual(
      inbox.received.map(({ reason }) => reason),
      ['first', 'resolved'],
    )
  })

  test('two processes never page twice', async () => {
    await using eventLog = newLog()
    const [world, inbox] = [buildWorld(), buildInbox()]
    const group = aGroup([full], { group_by: ['pool'] })
    const config = { group, world, receivers: [inbox] }
    await using _one = await startAlert(config, { eventLog })
    await using _other = await startAlert(config, { eventLog })
    for (let round = 0; round < 10; round++) {
      await say(eventLog, world, 'pool-full', [`pool-${round}`, 50])
      await until(() => inbox.received.some(({ title }) => title === `[P] pool-${round} is at 50`))
    }
    await until(() => inbox.received.length === 19)
    assert.equal(new Set(inbox.received.map(({ id }) => id)).size, 19)
  })

  test('a page stays in the outbox until somebody takes it, whatever dies meanwhile', async () => {
    await using eventLog = newLog()
    const [world, inbox] = [buildWorld(), buildInbox()]
    const config = { group: aGroup([full]), world, receivers: [inbox] }
    inbox.answer = () => ({ outcome: 'retry', status: 503, detail: 'busy' })
    const tried = Promise.withResolvers<void>()
    {
      await using alert = await startAlert(config, { eventLog })
      await say(eventLog, world, 'pool-full', ['a', 50])
      await until(() => alert.clickhouse.rows('alert_deliveries').some(row => row['outcome'] === 'retry'))
      tried.resolve()
    }
    await tried.promise
    inbox.answer = () => ({ outcome: 'delivered', status: 200, detail: 'ok' })
    await using _ = await startAlert(config, { eventLog })
    await until(() => inbox.received.length === 1)
  })

  test('a receiver that is down does not keep another from hearing', async () => {
    await using eventLog = newLog()
    const [world, inbox, dead] = [buildWorld(), buildInbox(), buildInbox('dead')]
    dead.answer = () => new Promise(() => undefined)
    const route = { ...aRoute, receivers: ['dead', 'on-call'] }
    const alert = await startAlert({ group: aGroup([full]), world, receivers: [inbox, dead], route }, { eventLog })
    alert.stopped.catch(() => undefined)
    await say(eventLog, world, 'pool-full', ['a', 50])
    await until(() => inbox.received.length === 1)
  })

  test('a page that nobody takes goes to the next in line, and says so', async () => {
    await using eventLog = newLog()
    const [world, refusing, boss] = [buildWorld(), buildInbox(), buildInbox('boss')]
    refusing.answer = () => ({ outcome: 'refused', status: 400, detail: 'no' })
    const route = { ...aRoute, escalate_after_ms: 3_600_000, escalate_to: ['boss'] }
    await using _ = await startAlert({ group: aGroup([full]), world, receivers: [refusing, boss], route }, { eventLog })
    await say(eventLog, world, 'pool-full', ['a', 50])
    await until(() => boss.received.length === 1)
    assert.equal(boss.received[0]?.reason, 'escalated')
  })

  test('a receiver that is gone (410) is told of nothing more, also after a restart', async () => {
    await using eventLog = newLog()
    const [world, inbox] = [buildWorld(), buildInbox()]
    let asked = 0
    inbox.answer = () => {
      asked++
      return { outcome: 'gone', status: 410, detail: 'gone' }
    }
    const config = { group: aGroup([full], { group_by: ['pool'] }), world, receivers: [inbox] }
    const clickhouse = await (async () => {
      await using alert = await startAlert(config, { eventLog })
      await say(eventLog, world, 'pool-full', ['a', 50])
      await until(() => alert.clickhouse.rows('alert_deliveries').some(row => row['outcome'] === 'gone'))
      return alert.clickhouse
    })()
    await using _ = await startAlert(config, { eventLog, clickhouse })
    await say(eventLog, world, 'pool-full', ['a', 50], ['b', 50])
    await until(() => clickhouse.rows('alert_deliveries').some(row => String(row['detail']).includes('disabled')))
    assert.equal(asked, 1)
  })

  test('what explains others keeps them silent, and they speak when they outlive it by a quarter of an hour', async () => {
    await using eventLog = newLog()
    const [world, inbox] = [buildWorld(), buildInbox()]
    const provider = aRule({ name: 'provider-down', inhibits: [{ rule: 'pool-full', on: { pool: 'pool' } }] })
    const group = aGroup([provider, full], { group_by: ['pool'] })
    await using _ = await startAlert({ group, world, receivers: [inbox] }, { eventLog })
    world.readings.set('provider-down', [ofPool('a', 20)])
    await say(eventLog, world, 'pool-full', ['a', 50], ['b', 50])
    await until(() => inbox.received.length === 2)
    assert.deepEqual(inbox.received.map(({ alerts }) => alerts.map(({ rule }) => rule)).sort(), [['pool-full'], ['provider-down']])
    world.readings.set('provider-down', [])
    await say(eventLog, world, 'pool-full', ['a', 50], ['b', 50])
    await until(() => inbox.received.length === 3)
    assert.deepEqual(
      inbox.received[2]?.alerts.map(({ rule, status }) => [rule, status]),
      [['provider-down', 'resolved']],
    )
    world.settledUntilMs += 14 * 60_000
    await say(eventLog, world, 'pool-full', ['a', 50], ['b', 50])
    await until(() => inbox.received.length === 4)
    assert.deepEqual(
      inbox.received[3]?.alerts.map(({ rule, status, labels }) => [rule, status, labels['pool']]),
      [['pool-full', 'firing', 'a']],
    )
  })

  test('10,000 alerts in a minute are few messages, and the first one suffices to act', async () => {
    await using eventLog = newLog()
    const [world, inbox] = [buildWorld(), buildInbox()]
    const group = aGroup([full], { group_by: ['pool'] })
    await using _ = await startAlert({ group, world, receivers: [inbox] }, { eventLog })
    await say(
      eventLog,
      world,
      'pool-full',
      ...Array.from({ length: 10_000 }, (_unused, index): [string, number] => [`tenant-${index}`, 11 + index]),
    )
    await until(() => inbox.received.length > 0)
    await say(eventLog, world, 'pool-full', ...Array.from({ length: 10_000 }, (_unused, index): [string, number] => [`tenant-${index}`, 1]))
    await until(() => inbox.received.some(({ status }) => status === 'resolved'))
    assert.deepEqual(
      inbox.received.map(({ reason, alerts_total }) => [reason, alerts_total]),
      [
        ['first', 10_000],
        ['resolved', 10_000],
      ],
    )
    assert.equal(inbox.received[0]?.title, '[P] tenant-9999 is at 10,010 (+9999 more)')
    assert.equal(inbox.received[0]?.alerts.length, 50)
  })

  test('when what rules read cannot be read, that is a page of its own, and what fired stays', async () => {
    let nowMs = Date.now()
    await using eventLog = newLog()
    const [world, inbox] = [buildWorld(), buildInbox()]
    await using _ = await startAlert(
      { group: aGroup([full], { group_by: ['pool'] }), world, receivers: [inbox] },
      { eventLog, now: () => nowMs },
    )
    await say(eventLog, world, 'pool-full', ['a', 50])
    nowMs += 60_000
    await until(() => inbox.received.length === 1)
    world.fault = new AppError('CLICKHOUSE_UNAVAILABLE', 'down')
    await until(() => {
      nowMs += 20_000
      return inbox.received.length === 2
    })
    assert.match(inbox.received[1]?.title ?? '', /^\[P\] alerting is blind: 1 rules of tests unread for \d min/)
    world.fault = undefined
    await until(() => {
      nowMs += 20_000
      return inbox.received.length === 3
    })
    assert.equal(inbox.received[2]?.status, 'resolved')
  })

  test('a log that fails in between loses no alert: it is decided again', async () => {
    let failures = 6
    const beforeAppend = async (topic: string) => {
      if (topic === ALERT_TOPIC && failures > 0 && failures-- % 2 === 0) throw new AppError('EVENT_LOG_UNAVAILABLE', 'not now')
    }
    await using eventLog = newLog({ beforeAppend })
    const [world, inbox] = [buildWorld(), buildInbox()]
    await using _ = await startAlert({ group: aGroup([full]), world, receivers: [inbox] }, { eventLog })
    await say(eventLog, world, 'pool-full', ['a', 50])
    await until(() => inbox.received.length === 1)
  })
})
