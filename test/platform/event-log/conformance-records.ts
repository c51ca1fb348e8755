import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { MAX_RECORD_BYTES } from '../../../services/platform/event-log/record-size.ts'
import { collect, DAY_MS, eventually, type Harness, newTopic, numbers, textRecords, texts, withCode } from './harness.ts'

/** Order, partitions, bytes, sizes, times. */
export function testRecords(harness: () => Harness): void {
  test('records of a partition are read in the order in which they were appended', async () => {
    const { log } = harness()
    const topic = await newTopic(harness(), 3)
    for (const value of numbers(30)) await log.append(topic, textRecords([value], { partition: Number(value) % 3 }))
    await using reader = await collect(log, { group: randomUUID(), topics: [topic] })
    await eventually('all were read', () => reader.records.length === 30)
    for (const partition of [0, 1, 2]) {
      const own = reader.records.filter(record => record.partition === partition)
      assert.deepEqual(
        texts(own),
        numbers(30).filter(value => Number(value) % 3 === partition),
      )
      assert.deepEqual(
        own.map(record => record.offset),
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
      )
    }
  })

  test('records with the same key go to the same partition, and keys are spread over partitions', async () => {
    const { log } = harness()
    const topic = await newTopic(harness(), 4)
    const keys = numbers(40).map(value => `tenant-${value}`)
    for (const round of [1, 2]) {
      await log.append(
        topic,
        keys.map(key => ({ key, value: Buffer.from(`${key} ${round}`) })),
      )
    }
    await using reader = await collect(log, { group: randomUUID(), topics: [topic] })
    await eventually('all were read', () => reader.records.length === 80)
    const partitionsOfKey = Map.groupBy(reader.records, record => record.key)
    for (const records of partitionsOfKey.values()) assert.equal(new Set(records.map(record => record.partition)).size, 1)
    assert.equal(new Set(reader.records.map(record => record.partition)).size, 4)
  })

  test('records without a key are spread over all partitions', async () => {
    const { log } = harness()
    const topic = await newTopic(harness(), 4)
    await log.append(topic, textRecords(numbers(40)))
    const offsets = await log.offsets(topic)
    assert.deepEqual(
      offsets.map(partition => partition.end),
      [10, 10, 10, 10],
    )
  })

  test('values, keys and headers come back byte for byte', async () => {
    const { log } = harness()
    const topic = await newTopic(harness())
    const everyByte = Uint8Array.from({ length: 256 }, (_, index) => index)
    const large = Buffer.alloc(900_000, 'größe ')
    const headers = { dialect: 'envoy', 'content-type': 'application/x-ndjson; charset=utf-8', empty: '', ключ: '值 \u0000 "\\\n😀' }
    await log.append(topic, [
      { value: new Uint8Array(0) },
      { value: everyByte, key: 'ключ \u0000 😀', headers },
      { value: large, key: '' },
      { value: everyByte.subarray(100, 110) },
    ])
    await using reader = await collect(log, { group: randomUUID(), topics: [topic] })
    await eventually('all were read', () => reader.records.length === 4)
    const [empty, bytes, big, part] = reader.records
    assert.deepEqual(Buffer.from(empty?.value ?? 'none'), Buffer.alloc(0))
    assert.deepEqual([empty?.key, empty?.headers], [undefined, {}])
    assert.deepEqual(Buffer.from(bytes?.value ?? ''), Buffer.from(everyByte))
    assert.equal(bytes?.key, 'ключ \u0000 😀')
    assert.deepEqual({ ...bytes?.headers }, headers)
    assert.ok(large.equals(Buffer.from(big?.value ?? '')))
    assert.equal(big?.key, '')
    assert.deepEqual([...(part?.value ?? [])], [100, 101, 102, 103, 104, 105, 106, 107, 108, 109])
  })

  test('one record that is too large is refused before anything is appended', async () => {
    const { log } = harness()
    const topic = await newTopic(harness())
    const records = [{ value: Buffer.from('small') }, { value: Buffer.alloc(MAX_RECORD_BYTES) }]
    await assert.rejects(log.append(topic, records), withCode('EVENT_LOG_RECORD_TOO_LARGE'))
    assert.equal((await log.offsets(topic))[0]?.end, 0)
  })

  test('an append may hold many times what fits into one request', async () => {
    const { log } = harness()
    const topic = await newTopic(harness(), 2)
    const values = numbers(12).map(value => value.padEnd(400_000, '.'))
    await log.append(topic, textRecords(values, { partition: 1 }))
    await using reader = await collect(log, { group: randomUUID(), topics: [topic] })
    await eventually('all were read', () => reader.records.length === 12)
    assert.deepEqual(texts(reader.records), values)
  })

  test('concurrent appends are all kept, each in its own order', async () => {
    const { log } = harness()
    const topic = await newTopic(harness(), 2)
    const appends = numbers(200).map(append =>
      log.append(
        topic,
        numbers(3).map(part => ({ key: append, value: Buffer.from(part) })),
      ),
    )
    await Promise.all(appends)
    await using reader = await collect(log, { group: randomUUID(), topics: [topic] })
    await eventually('all were read', () => reader.records.length >= 600)
    const byKey = Map.groupBy(reader.records, record => record.key)
    assert.equal(byKey.size, 200)
    for (const records of byKey.values()) assert.deepEqual(texts(records), ['0', '1', '2'])
  })

  test('the time of a record is when the log took it', async () => {
    const { log } = harness()
    const topic = await newTopic(harness())
    const before = Date.now()
    await log.append(topic, textRecords(['now']))
    const after = Date.now()
    await using reader = await collect(log, { group: randomUUID(), topics: [topic] })
    await eventually('it was read', () => reader.records.length === 1)
    const timestampMs = reader.records[0]?.timestampMs ?? 0
    assert.ok(timestampMs >= before && timestampMs <= after, `${before} <= ${timestampMs} <= ${after}`)
  })
}

/** Creating topics, and the log’s identity. */
export function testTopics(harness: () => Harness): void {
  test('creating topics again changes nothing, except that partitions are added', async () => {
    const { log } = harness()
    const topic = await newTopic(harness(), 2)
    await log.append(topic, textRecords(['kept'], { partition: 1 }))
    const partitionsAfter = async (partitions: number) => {
      await log.createTopics([{ name: topic, partitions, retentionMs: DAY_MS }])
      return (await log.offsets(topic)).map(({ partition, end }) => [partition, end])
    }
    const two = [
      [0, 0],
      [1, 1],
    ]
    assert.deepEqual(await partitionsAfter(2), two)
    await log.createTopics([{ name: topic, partitions: 4, retentionMs: DAY_MS }])
    await eventually('partitions were added', async () => (await log.offsets(topic)).length === 4)
    assert.deepEqual(await partitionsAfter(1), [...two, [2, 0], [3, 0]])
    await log.append(topic, textRecords(['new'], { partition: 3 }))
    assert.equal((await log.offsets(topic))[3]?.end, 1)
  })

  test('appending to a topic or partition that does not exist is refused, and may be tried again', async () => {
    const { log } = harness()
    const topic = await newTopic(harness())
    await assert.rejects(log.append(`missing.${randomUUID()}`, textRecords(['x'])), withCode('EVENT_LOG_UNAVAILABLE'))
    await assert.rejects(log.append(topic, textRecords(['x'], { partition: 7 })), withCode('EVENT_LOG_UNAVAILABLE'))
  })

  test('the epoch stays the same when the log is opened again', async () => {
    await using again = await harness().open()
    assert.equal(again.epoch, harness().log.epoch)
    assert.notEqual(again.epoch, '')
  })
}
