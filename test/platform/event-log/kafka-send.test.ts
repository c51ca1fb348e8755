import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Producer, ProducerBatch } from 'kafkajs'
import { buildKafkaSender, type PlacedRecord, requestsOf } from '../../../services/platform/event-log/kafka-send.ts'
import { MAX_RECORD_BYTES } from '../../../services/platform/event-log/record-size.ts'
import { withCode } from './harness.ts'

const placed = (topic: string, partition: number, name: string, sizeBytes = 10): PlacedRecord => ({
  topic,
  partition,
  message: { partition, value: name },
  sizeBytes,
})

/** A producer like the library's, which leaves out partitions that it does not know and resolves all the same. */
function fakeProducer(knownAfterConnects: (connects: number) => readonly number[], errorCode = 0) {
  const taken: string[] = []
  const acks = new Set<number | undefined>()
  let connects = 0
  const producer = {
    connect: async () => {
      connects += 1
    },
    disconnect: async () => undefined,
    async sendBatch({ topicMessages = [], acks: asked }: ProducerBatch) {
      acks.add(asked)
      const known = knownAfterConnects(connects)
      const messages = topicMessages.flatMap(({ topic, messages }) => messages.map(message => ({ topic, ...message })))
      const sent = messages.filter(({ partition = -1 }) => known.includes(partition))
      taken.push(...sent.map(({ value }) => String(value)))
      return sent.map(({ topic, partition }) => ({ topicName: topic, partition, errorCode }))
    },
  }
  return { producer: producer as unknown as Producer, taken, acks }
}

test('records that the library left out are sent again once it knows their partition, the others only once', async () => {
  const { producer, taken } = fakeProducer(connects => (connects === 0 ? [0, 1] : [0, 1, 2]))
  await buildKafkaSender(producer).send([placed('t', 0, 'a'), placed('t', 2, 'b'), placed('t', 1, 'c'), placed('t', 2, 'd')])
  assert.deepEqual(taken, ['a', 'c', 'b', 'd'])
})

test('what no broker ever confirms is reported, not taken for sent', async () => {
  const { producer } = fakeProducer(() => [0])
  await assert.rejects(buildKafkaSender(producer).send([placed('t', 0, 'a'), placed('t', 1, 'b')]), withCode('EVENT_LOG_UNAVAILABLE'))
})

test('a partition that a broker answered with an error is not taken for stored', async () => {
  // 7 is REQUEST_TIMED_OUT (kafka.apache.org/protocol#protocol_error_codes).
  const { producer } = fakeProducer(() => [0], 7)
  await assert.rejects(buildKafkaSender(producer).send([placed('t', 0, 'a')]), withCode('EVENT_LOG_UNAVAILABLE'))
})

test('a record counts as stored when all replicas that are in sync have it', async () => {
  const { producer, acks } = fakeProducer(() => [0])
  await buildKafkaSender(producer).send([placed('t', 0, 'a')])
  assert.deepEqual([...acks], [-1])
})

test('no request holds more for a partition than a broker takes, and each partition keeps its order', () => {
  const size = MAX_RECORD_BYTES * 0.4
  const records = ['a', 'b', 'c', 'd', 'e'].flatMap(name => [placed('t', 0, `${name}0`, size), placed('t', 1, `${name}1`, 10)])
  const requests = requestsOf(records)
  for (const request of requests) {
    for (const partition of [0, 1]) {
      const bytes = request.filter(record => record.partition === partition).reduce((sum, record) => sum + record.sizeBytes, 0)
      assert.ok(bytes <= MAX_RECORD_BYTES)
    }
  }
  for (const partition of [0, 1]) {
    const sent = requests.flat().filter(record => record.partition === partition)
    assert.deepEqual(
      sent,
      records.filter(record => record.partition === partition),
    )
  }
})
