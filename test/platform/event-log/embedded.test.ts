import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, test } from 'node:test'
import fc from 'fast-check'
import { openEmbeddedEventLog } from '../../../services/platform/event-log/embedded.ts'
import type { EventLog } from '../../../services/platform/event-log/port.ts'
import { testConformance } from './conformance.ts'
import { type Collector, collect, DAY_MS, eventually, numbers, startChild, temporaryDirectory, textRecords, texts } from './harness.ts'

describe('embedded event log', () => {
  const folder = temporaryDirectory()
  const directory = folder.path
  const open = () => openEmbeddedEventLog({ directory, retentionIntervalMs: 200 }, { now: Date.now })
  let log: EventLog

  before(async () => {
    log = await open()
  })
  after(async () => {
    await log[Symbol.asyncDispose]()
    folder[Symbol.dispose]()
  })

  async function setCommitted(group: string, topic: string, partition: number, offset: number): Promise<void> {
    using db = new DatabaseSync(join(directory, 'event-log.db'), { timeout: 10_000 })
    db.prepare('INSERT INTO committed (group_name, topic, partition, next_offset) VALUES (?, ?, ?, ?)').run(group, topic, partition, offset)
  }

  testConformance(() => ({ log, open, childLog: { kind: 'embedded', directory }, setCommitted }))

  test('several processes append at once, none is refused, and partitions have no holes', async () => {
    const topic = `test.${randomUUID()}`
    await log.createTopics([{ name: topic, partitions: 2, retentionMs: DAY_MS }])
    await using children = new AsyncDisposableStack()
    const appenders = [1, 2, 3].map(() => children.use(startChild({ log: { kind: 'embedded', directory }, topic, role: 'append' })))
    await using reader = await collect(log, { group: randomUUID(), topics: [topic] })
    await eventually('each appended for a while', () => appenders.every(child => child.lines.length > 200))
    for (const child of appenders) await child.kill()
    const ends = (await log.offsets(topic)).map(({ end }) => end)
    await eventually('all were read', () => reader.records.length === ends.reduce((sum, end) => sum + end, 0))
    for (const partition of [0, 1]) {
      const offsets = reader.records.filter(record => record.partition === partition).map(record => record.offset)
      assert.deepEqual(offsets, numbers(ends[partition] ?? 0).map(Number))
    }
  })

  test('another log in another directory has another epoch', async () => {
    using other = temporaryDirectory()
    await using another = await openEmbeddedEventLog({ directory: other.path }, { now: Date.now })
    assert.notEqual(another.epoch, log.epoch)
  })

  test('whoever joins and leaves while records are appended, a group reads each of them and commits all', async () => {
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.record({ append: fc.integer({ min: 1, max: 30 }) }) },
      fc.constant({ join: true as const }),
      fc.record({ leave: fc.nat() }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 15 }), async schedule => {
        const topic = `test.${randomUUID()}`
        const group = randomUUID()
        await log.createTopics([{ name: topic, partitions: 3, retentionMs: DAY_MS }])
        const join = () => collect(log, { group, topics: [topic], maxWaitMs: 1, maxBatchBytes: 10 }, { commits: true })
        const members: Collector[] = []
        const everyone: Collector[] = []
        let appended = 0
        for (const action of schedule) {
          if ('append' in action) {
            const values = numbers(action.append).map(number => String(appended + Number(number)))
            await log.append(topic, textRecords(values))
            appended += action.append
          } else if ('join' in action) {
            members.push(await join())
            everyone.push(...members.slice(-1))
          } else for (const gone of members.splice(action.leave % Math.max(1, members.length), 1)) await gone[Symbol.asyncDispose]()
        }
        await using last = await join()
        await eventually('all was committed', async () =>
          (await log.offsets(topic, group)).every(({ end, committed = 0 }) => committed === end),
        )
        for (const member of members) await member[Symbol.asyncDispose]()
        const read = new Set([...everyone, last].flatMap(member => texts(member.records)))
        assert.deepEqual(
          [...read].map(Number).sort((a, b) => a - b),
          numbers(appended).map(Number),
        )
      }),
      { numRuns: 15 },
    )
  })
})
