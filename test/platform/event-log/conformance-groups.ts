import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import type { RecordBatch } from '../../../services/platform/event-log/port.ts'
import { collect, eventually, type Harness, newTopic, numbers, textRecords, texts, withCode } from './harness.ts'

/** Committed positions and ownership. */
export function testGroups(harness: () => Harness): void {
  test('a group goes on where it committed', async () => {
    const { log } = harness()
    const topic = await newTopic(harness())
    const group = randomUUID()
    await log.append(topic, textRecords(numbers(10)))
    {
      await using first = await collect(log, { group, topics: [topic] })
      await eventually('the first member read all', () => first.records.length === 10)
      await first.consumer.commit(topic, 0, 4)
    }
    assert.deepEqual(await log.offsets(topic, group), [{ partition: 0, first: 0, end: 10, committed: 4 }])
    await using second = await collect(log, { group, topics: [topic] })
    await eventually('the second member read the rest', () => second.records.length === 6)
    assert.deepEqual(texts(second.records), ['4', '5', '6', '7', '8', '9'])
  })

  test('a new group reads everything from the start, whatever others have read', async () => {
    const { log } = harness()
    const topic = await newTopic(harness(), 2)
    await log.append(topic, textRecords(numbers(20)))
    await using first = await collect(log, { group: randomUUID(), topics: [topic] }, { commits: true })
    await eventually('the first group read all', () => first.records.length === 20)
    const group = randomUUID()
    assert.deepEqual(
      (await log.offsets(topic, group)).map(({ committed }) => committed),
      [undefined, undefined],
    )
    await using second = await collect(log, { group, topics: [topic] })
    await eventually('the second group read all', () => second.records.length === 20)
    assert.deepEqual(texts(second.records).sort(), numbers(20).sort())
  })

  test('two members of a group share the partitions, and take over when one leaves', async () => {
    const { log } = harness()
    const topic = await newTopic(harness(), 4)
    const group = randomUUID()
    await using first = await collect(log, { group, topics: [topic] }, { commits: true })
    await eventually('the first member owns all', () => first.assigned.size === 4)
    {
      await using second = await collect(log, { group, topics: [topic] }, { commits: true })
      await eventually('each owns half', () => first.assigned.size === 2 && second.assigned.size === 2)
      assert.deepEqual([...first.assigned, ...second.assigned].sort(), [0, 1, 2, 3])
      for (const partition of numbers(4)) await log.append(topic, textRecords([partition], { partition: Number(partition) }))
      await eventually('all were read', () => first.records.length + second.records.length === 4)
      assert.deepEqual(texts(first.records).sort(), [...first.assigned].map(String).sort())
      assert.deepEqual(texts(second.records).sort(), [...second.assigned].map(String).sort())
    }
    await eventually('the first member owns all again', () => first.assigned.size === 4)
  })

  test('a commit is refused once the partition was taken away', async () => {
    const { log } = harness()
    const topic = await newTopic(harness(), 2)
    const group = randomUUID()
    await log.append(topic, textRecords(numbers(10)))
    await using first = await collect(log, { group, topics: [topic] })
    await eventually('the first member read all', () => first.records.length === 10)
    await using second = await collect(log, { group, topics: [topic] })
    await eventually('the second member owns one', () => second.assigned.size === 1 && first.assigned.size === 1)
    const [lost = -1] = second.assigned
    assert.equal(first.consumer.owns(topic, lost), false)
    assert.equal(second.consumer.owns(topic, lost), true)
    await assert.rejects(first.consumer.commit(topic, lost, 5), withCode('EVENT_LOG_NOT_OWNER'))
    assert.equal((await log.offsets(topic, group))[lost]?.committed, undefined)
  })

  test('a commit after leaving the group is refused', async () => {
    const { log } = harness()
    const topic = await newTopic(harness())
    const group = randomUUID()
    await log.append(topic, textRecords(numbers(3)))
    const reader = await collect(log, { group, topics: [topic] })
    await eventually('all were read', () => reader.records.length === 3)
    await reader[Symbol.asyncDispose]()
    await reader.consumer.stopped
    await assert.rejects(reader.consumer.commit(topic, 0, 3), withCode('EVENT_LOG_NOT_OWNER'))
    assert.equal((await log.offsets(topic, group))[0]?.committed, undefined)
  })

  test('a commit never moves backwards', async () => {
    const { log } = harness()
    const topic = await newTopic(harness())
    const group = randomUUID()
    await log.append(topic, textRecords(numbers(10)))
    await using reader = await collect(log, { group, topics: [topic] })
    await eventually('all were read', () => reader.records.length === 10)
    await Promise.all([8, 3, 6].map(offset => reader.consumer.commit(topic, 0, offset)))
    await reader.consumer.commit(topic, 0, 2)
    assert.equal((await log.offsets(topic, group))[0]?.committed, 8)
  })

  test('a position beyond the end of the log stops the member', async () => {
    const { log, setCommitted } = harness()
    const topic = await newTopic(harness())
    const group = randomUUID()
    await log.append(topic, textRecords(numbers(3)))
    await setCommitted(group, topic, 0, 1000)
    const reader = await collect(log, { group, topics: [topic] })
    await assert.rejects(reader.consumer.stopped, withCode('EVENT_LOG_GAP'))
    assert.deepEqual(reader.records, [])
  })
}

/** Back-pressure and failing handlers. */
export function testHandlers(harness: () => Harness): void {
  test('while a batch is being handled no further one of its partition comes, and other partitions go on', async () => {
    const { log } = harness()
    const topic = await newTopic(harness(), 2)
    const maxBatchBytes = 300_000
    const value = Buffer.alloc(100_000, 'x')
    for (const partition of [0, 1]) {
      await log.append(
        topic,
        numbers(40).map(() => ({ partition, value })),
      )
    }
    const gate = Promise.withResolvers<void>()
    const underWay = [0, 0]
    const batches: RecordBatch[] = []
    const onBatch = async (batch: RecordBatch) => {
      underWay[batch.partition] = (underWay[batch.partition] ?? 0) + 1
      assert.equal(underWay[batch.partition], 1)
      batches.push(batch)
      if (batch.partition === 0) await gate.promise
      else await new Promise(resolve => setTimeout(resolve, 5))
      underWay[batch.partition] = 0
    }
    await using reader = await collect(log, { group: randomUUID(), topics: [topic], maxBatchBytes }, { onBatch })
    const readOf = (partition: number) => reader.records.filter(record => record.partition === partition)
    await eventually('the free partition was read', () => readOf(1).length === 40)
    await eventually('the held partition was begun', () => batches.some(batch => batch.partition === 0))
    assert.equal(batches.filter(batch => batch.partition === 0).length, 1)
    gate.resolve()
    await eventually('the held partition was read', () => readOf(0).length === 40)
    for (const partition of [0, 1]) {
      assert.deepEqual(
        readOf(partition).map(record => record.offset),
        numbers(40).map(Number),
      )
    }
    for (const batch of batches) {
      const sizeBytes = batch.records.reduce((sum, record) => sum + record.value.byteLength, 0)
      assert.ok(sizeBytes <= maxBatchBytes, `a batch of ${sizeBytes} bytes`)
      assert.equal(batch.endOffset, 40)
    }
  })

  test('a handler that rejects stops its member, and what it was given is read again', async () => {
    const { log } = harness()
    const topic = await newTopic(harness())
    const group = randomUUID()
    await log.append(topic, textRecords(numbers(5)))
    const failure = new Error('the handler failed')
    const failing = await collect(log, { group, topics: [topic] }, { onBatch: () => Promise.reject(failure) })
    await assert.rejects(failing.consumer.stopped, thrown => thrown === failure)
    assert.equal(failing.consumer.owns(topic, 0), false)
    assert.equal(failing.assigned.size, 0)
    await assert.rejects(failing.consumer.commit(topic, 0, 5), withCode('EVENT_LOG_NOT_OWNER'))
    await using next = await collect(log, { group, topics: [topic] }, { commits: true })
    await eventually('all were read again', () => next.records.length === 5)
    assert.deepEqual(texts(next.records), numbers(5))
  })
}
