import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { DEAD_LETTER_TOPIC, topics } from '../../schemas/topics.ts'
import { openEmbeddedEventLog } from '../../services/platform/event-log/embedded.ts'
import type { NewRecord } from '../../services/platform/event-log/port.ts'
import { MAX_RECORD_BYTES, recordSizeBytes } from '../../services/platform/event-log/record-size.ts'
import { appendAll } from '../../services/worker/append-all.ts'

const persist = async <T>(_: string, operation: () => Promise<T>) => await operation()

suite('appending any number of records', () => {
  test('all come, once and in order, in parts of at most 4 MiB', async () => {
    const sizes = fc.array(fc.oneof(fc.nat(20), fc.integer({ min: 900_000, max: MAX_RECORD_BYTES - 60 })), { maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(sizes, async lengths => {
        const records = lengths.map(length => ({ value: new Uint8Array(length) }))
        const parts: (readonly NewRecord[])[] = []
        await appendAll('t', records, { persist, eventLog: { append: async (_, part) => void parts.push(part) } })
        assert.deepEqual(parts.flat(), records)
        for (const part of parts) {
          assert.ok(part.length > 0)
          assert.ok(part.reduce((sum, record) => sum + recordSizeBytes(record), 0) <= 4 * 1024 * 1024)
        }
      }),
      { numRuns: 50 },
    )
  })

  test('what is more than the embedded log lets wait at once is taken all the same', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'weir-append-'))
    try {
      await using eventLog = await openEmbeddedEventLog({ directory }, { now: Date.now })
      await eventLog.createTopics(topics)
      const value = new Uint8Array(MAX_RECORD_BYTES - 100)
      const records = Array.from({ length: 70 }, () => ({ value, partition: 0 }))
      await assert.rejects(eventLog.append(DEAD_LETTER_TOPIC, records), { code: 'EVENT_LOG_UNAVAILABLE' })
      await appendAll(DEAD_LETTER_TOPIC, records, { persist, eventLog })
      const [first] = await eventLog.offsets(DEAD_LETTER_TOPIC)
      assert.equal(first?.end, 70)
    } finally {
      rmSync(directory, { recursive: true, force: true })
    }
  })
})
