import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { collect, eventually, type Harness, newTopic, nextOffset, numbers, startChild, textRecords, texts, withCode } from './harness.ts'

/** What retention removes. */
export function testRetention(harness: () => Harness): void {
  test('records are removed once they are older than the retention, and a new group reads from the first kept', async () => {
    const { log } = harness()
    const topic = await newTopic(harness(), 1, 1_000)
    await log.append(topic, textRecords(numbers(10)))
    await eventually('retention removed them', async () => (await log.offsets(topic))[0]?.first === 10)
    assert.equal((await log.offsets(topic))[0]?.end, 10)
    await using reader = await collect(log, { group: randomUUID(), topics: [topic] })
    await eventually('it owns the partition', () => reader.consumer.owns(topic, 0))
    await log.append(topic, textRecords(['after']))
    await eventually('the new record was read', () => reader.records.length === 1)
    assert.equal(reader.records[0]?.offset, 10)
  })

  test('a group whose unread records were removed is told, not moved on in silence', async () => {
    const { log } = harness()
    const { topic, group } = await groupWithGap(harness())
    const late = await collect(log, { group, topics: [topic] })
    await assert.rejects(late.consumer.stopped, withCode('EVENT_LOG_GAP'))
    assert.deepEqual(late.records, [])
  })

  test('a reader that asks to be told of a gap goes on after it', async () => {
    const { log } = harness()
    const { topic, group } = await groupWithGap(harness())
    const gaps: string[] = []
    await using late = await collect(
      log,
      { group, topics: [topic] },
      { onGap: (_topic, partition, what) => gaps.push(`${partition}: ${what}`) },
    )
    await eventually('it was told', () => gaps.length > 0)
    await log.append(topic, textRecords(['after']))
    await eventually('the new record was read', () => late.records.length === 1)
    await late.consumer.commit(topic, 0, 11)
    assert.equal(gaps.length, 1)
    assert.match(gaps[0] ?? '', /^0: .*\b4\b.*\b10\b/)
    assert.equal((await log.offsets(topic, group))[0]?.committed, 11)
  })

  test('a member that retention overtakes while it reads is told', async () => {
    const { log } = harness()
    const topic = await newTopic(harness(), 1, 1_000)
    await log.append(topic, textRecords(numbers(10).map(value => value.padEnd(100_000, '.'))))
    const gate = Promise.withResolvers<void>()
    const slow = await collect(log, { group: randomUUID(), topics: [topic], maxBatchBytes: 150_000 }, { onBatch: () => gate.promise })
    await eventually('it was handed the first record', () => slow.records.length > 0)
    const position = nextOffset(slow.records)
    assert.ok(position < 10)
    await eventually('retention removed the others', async () => (await log.offsets(topic))[0]?.first === 10)
    const stopped = assert.rejects(slow.consumer.stopped, withCode('EVENT_LOG_GAP'))
    gate.resolve()
    await log.append(topic, textRecords(['after']))
    await stopped
    assert.ok(
      slow.records.every(record => record.offset < 10),
      'nothing beyond the gap was handed over',
    )
  })
}

/** Processes killed at work. */
export function testCrashes(harness: () => Harness): void {
  test('what a killed process had read but not committed is read again by another member', async () => {
    const { log, childLog } = harness()
    const topic = await newTopic(harness(), 2)
    const group = randomUUID()
    await log.append(topic, textRecords(numbers(20)))
    await using child = startChild({ log: childLog, topic, role: 'read', group })
    await eventually('the child read all', () => child.lines.length === 20)
    await child.kill()
    await using next = await collect(log, { group, topics: [topic] })
    await eventually('all were read again', () => next.records.length === 20)
    assert.deepEqual(texts(next.records).sort(), numbers(20).sort())
  })

  test('every append that resolved is there after the process was killed in the middle of appending', async () => {
    const { log, childLog, open } = harness()
    const topic = await newTopic(harness(), 3)
    for (const round of [1, 2]) {
      await using child = startChild({ log: childLog, topic, role: 'append' })
      await eventually('the child appended for a while', () => child.lines.length > 300 * round)
      // This process goes on appending and reading while the other dies.
      const own = log.append(topic, textRecords([`own ${round}`]))
      await child.kill()
      await own
      await using reopened = await open()
      await using reader = await collect(reopened, { group: randomUUID(), topics: [topic] })
      const ends = (await reopened.offsets(topic)).reduce((sum, partition) => sum + partition.end, 0)
      await eventually('all were read', () => reader.records.length >= ends)
      const kept = new Set(texts(reader.records))
      const missing = child.lines.filter(number => !kept.has(number))
      assert.deepEqual(missing, [])
      assert.ok(kept.has(`own ${round}`))
    }
  })

  test('a member sees what another process appends', async () => {
    const { log, childLog } = harness()
    const topic = await newTopic(harness())
    await using reader = await collect(log, { group: randomUUID(), topics: [topic] })
    await using child = startChild({ log: childLog, topic, role: 'append' })
    await eventually('records of the other process were read', () => reader.records.length > 50)
    await child.kill()
    assert.deepEqual(
      reader.records.map(record => record.offset),
      reader.records.map((_, index) => index),
    )
  })
}

/** A topic whose records retention has removed, of which a group had committed 4 of 10. */
async function groupWithGap(harness: Harness): Promise<{ topic: string; group: string }> {
  const { log } = harness
  const topic = await newTopic(harness, 1, 1_000)
  const group = randomUUID()
  await log.append(topic, textRecords(numbers(10)))
  {
    await using reader = await collect(log, { group, topics: [topic] })
    await eventually('something was read', () => reader.records.length > 4)
    await reader.consumer.commit(topic, 0, 4)
  }
  await eventually('retention removed them', async () => (await log.offsets(topic))[0]?.first === 10)
  return { topic, group }
}
