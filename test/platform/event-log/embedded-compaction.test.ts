import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import fc from 'fast-check'
import { openEmbeddedEventLog } from '../../../services/platform/event-log/embedded.ts'
import { collect, DAY_MS, eventually, temporaryDirectory } from './harness.ts'

const spec = { name: 'state', partitions: 1, retentionMs: DAY_MS, isCompacted: true }

test('whatever is written, compaction keeps the last value of every key and nothing else for long', async () => {
  const write = fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd'), value: fc.option(fc.nat()) })
  await fc.assert(
    fc.asyncProperty(fc.array(write, { minLength: 1, maxLength: 60 }), async writes => {
      using folder = temporaryDirectory()
      let nowMs = 0
      await using log = await openEmbeddedEventLog({ directory: folder.path, retentionIntervalMs: 5 }, { now: () => nowMs })
      await log.createTopics([spec])
      for (const { key, value } of writes) {
        const bytes = value === null ? new Uint8Array(0) : Buffer.from(String(value))
        await log.append(spec.name, [{ key, value: bytes, isTombstone: value === null }])
      }
      nowMs = 3 * DAY_MS
      const last = new Map(writes.map(({ key, value }) => [key, value]))
      const expected = [...last].filter(([, value]) => value !== null).map(([key, value]) => `${key}=${value}`)
      using db = new DatabaseSync(join(folder.path, 'event-log.db'), { readOnly: true })
      const kept = () => db.prepare('SELECT key, value FROM records ORDER BY id').all()
      const texts = () => kept().map(row => `${row['key']}=${Buffer.from(row['value'] as Uint8Array).toString()}`)
      await eventually('all else is gone', () => texts().length === expected.length)
      assert.deepEqual(texts().sort(), expected.sort())
      await using reader = await collect(log, { group: 'late', topics: [spec.name], maxWaitMs: 1 })
      await log.append(spec.name, [{ key: 'end', value: Buffer.from('1') }])
      await eventually('it reads across the holes', () => reader.records.at(-1)?.key === 'end')
      assert.equal(reader.records.length, expected.length + 1)
    }),
    { numRuns: 20 },
  )
})

test('a file of the release before is taken over, its topics compacted where they are declared so', async () => {
  using folder = temporaryDirectory()
  {
    await using log = await openEmbeddedEventLog({ directory: folder.path }, { now: Date.now })
    await log.createTopics([{ ...spec, isCompacted: false }])
    await log.append(spec.name, [{ key: 'k', value: Buffer.from('kept') }])
  }
  {
    using db = new DatabaseSync(join(folder.path, 'event-log.db'))
    db.exec('ALTER TABLE topics DROP COLUMN is_compacted; PRAGMA user_version = 1')
  }
  await using log = await openEmbeddedEventLog({ directory: folder.path }, { now: Date.now })
  await log.createTopics([spec])
  await using reader = await collect(log, { group: 'g', topics: [spec.name] })
  await eventually('it is read', () => reader.records.length === 1)
  using db = new DatabaseSync(join(folder.path, 'event-log.db'), { readOnly: true })
  assert.equal(db.prepare('SELECT is_compacted FROM topics').get()?.['is_compacted'], 1)
})
