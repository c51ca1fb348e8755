import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import kafkajs from 'kafkajs'
import { openKafkaEventLog } from '../../../services/platform/event-log/kafka.ts'
import type { LocalKafka } from '../../../services/platform/event-log/local-kafka.ts'
import type { EventLog } from '../../../services/platform/event-log/port.ts'
import { testConformance } from './conformance.ts'
import { collect, DAY_MS, eventually, numbers, textRecords, texts, withCode } from './harness.ts'
import { openTestKafka, skipWithoutJava } from './kafka-broker.ts'

describe('Kafka event log', { skip: await skipWithoutJava() }, () => {
  let broker: LocalKafka
  let log: EventLog
  const config = () => ({ brokers: broker.brokers, clientId: 'weir-test', configuredEpoch: '1', sessionTimeoutMs: 3_000 })
  const open = () => openKafkaEventLog(config())

  before(async () => {
    broker = await openTestKafka()
    log = await open()
  })
  after(async () => {
    await log[Symbol.asyncDispose]()
    await broker[Symbol.asyncDispose]()
  })

  async function setCommitted(group: string, topic: string, partition: number, offset: number): Promise<void> {
    await asAdmin(admin => admin.setOffsets({ groupId: group, topic, partitions: [{ partition, offset: String(offset) }] }))
  }

  async function asAdmin(work: (admin: kafkajs.Admin) => Promise<unknown>): Promise<void> {
    const admin = new kafkajs.Kafka({ brokers: [...broker.brokers], logLevel: kafkajs.logLevel.NOTHING }).admin()
    await admin.connect()
    await work(admin)
    await admin.disconnect()
  }

  test('appends are refused while the broker is down, and both they and members go on when it is back', async () => {
    const topic = `test.${randomUUID()}`
    await log.createTopics([{ name: topic, partitions: 2, retentionMs: DAY_MS }])
    await using reader = await collect(log, { group: randomUUID(), topics: [topic] }, { commits: true })
    await log.append(topic, textRecords(['before']))
    await eventually('the first record was read', () => reader.records.length === 1)
    await broker.kill()
    await assert.rejects(log.append(topic, textRecords(['during'])), withCode('EVENT_LOG_UNAVAILABLE'))
    await broker.restart()
    await eventually('appends work again', () =>
      log.append(topic, textRecords(['after'])).then(
        () => true,
        () => false,
      ),
    )
    await eventually('the member reads again', () => texts(reader.records).includes('after'))
    assert.ok(texts(reader.records).includes('before'))
  })

  test('records that another producer compressed with gzip or zstd are read', async () => {
    for (const compression of ['gzip', 'zstd']) {
      const topic = await topicRecompressedTo(compression)
      await log.append(topic, textRecords(numbers(100)))
      await using reader = await collect(log, { group: randomUUID(), topics: [topic], maxBatchBytes: 50 })
      await eventually(`${compression} was read`, () => reader.records.length === 100)
      assert.deepEqual(texts(reader.records), numbers(100))
    }
  })

  test('a compression that cannot be read stops the member with the remedy', async () => {
    for (const compression of ['lz4', 'snappy']) {
      const topic = await topicRecompressedTo(compression)
      await log.append(topic, textRecords(numbers(3)))
      const reader = await collect(log, { group: randomUUID(), topics: [topic] })
      await assert.rejects(reader.consumer.stopped, withCode('EVENT_LOG_CODEC_UNSUPPORTED'))
      assert.deepEqual(reader.records, [])
    }
  })

  /** The broker rewrites what it is sent, so no producer with that codec is needed. */
  async function topicRecompressedTo(compression: string): Promise<string> {
    const topic = `test.${randomUUID()}`
    await asAdmin(admin =>
      admin.createTopics({ topics: [{ topic, configEntries: [{ name: 'compression.type', value: compression }] }], waitForLeaders: true }),
    )
    return topic
  }

  testConformance(() => ({ log, open, childLog: { kind: 'kafka', ...config() }, setCommitted }))
})
