import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { collect, DAY_MS, eventually, type Harness } from './harness.ts'

/** Topics that keep the last record of each key. */
export function testCompaction(harness: () => Harness): void {
  test('a compacted topic gives every key its last value, in order, and a key without one reads as no bytes', async () => {
    const { log } = harness()
    const topic = `compacted-${randomUUID()}`
    await log.createTopics([{ name: topic, partitions: 1, retentionMs: DAY_MS, isCompacted: true }])
    for (let round = 0; round < 20; round++) {
      await log.append(
        topic,
        [1, 2, 3].map(key => ({ key: `k${key}`, value: Buffer.from(`${key}/${round}`) })),
      )
    }
    await log.append(topic, [{ key: 'k2', value: new Uint8Array(0), isTombstone: true }])
    await using reader = await collect(log, { group: randomUUID(), topics: [topic] })
    await eventually('the last was read', () => reader.records.at(-1)?.offset === 60)
    const state = new Map(reader.records.map(record => [record.key, Buffer.from(record.value).toString()]))
    assert.deepEqual(Object.fromEntries(state), { k1: '1/19', k2: '', k3: '3/19' })
    const offsets = reader.records.map(record => record.offset)
    assert.deepEqual(
      offsets,
      offsets.toSorted((a, b) => a - b),
    )
  })
}
