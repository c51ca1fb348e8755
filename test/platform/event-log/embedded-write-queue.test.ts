import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { AppError } from '../../../services/platform/errors.ts'
import { openEventLogDatabase } from '../../../services/platform/event-log/embedded-database.ts'
import { buildWriteQueue } from '../../../services/platform/event-log/embedded-write-queue.ts'
import { temporaryDirectory, withCode } from './harness.ts'

function openQueue() {
  const folder = temporaryDirectory()
  const { db } = openEventLogDatabase(folder.path)
  db.exec('CREATE TABLE notes (text TEXT NOT NULL)')
  let transactions = 0
  const queue = buildWriteQueue(db, () => {
    transactions += 1
  })
  const insert = db.prepare('INSERT INTO notes (text) VALUES (?)')
  return {
    queue,
    insert: (text: string | null) => insert.run(text),
    notes: () =>
      db
        .prepare('SELECT text FROM notes ORDER BY rowid')
        .all()
        .map(row => row['text']),
    transactions: () => transactions,
    pragma: (name: string) => db.prepare(`PRAGMA ${name}`).get()?.[name],
    openSecond: () => new DatabaseSync(`${folder.path}/event-log.db`),
    [Symbol.dispose]() {
      queue.close()
      db.close()
      folder[Symbol.dispose]()
    },
  }
}

test('writes that come together share one transaction and get their own results', async () => {
  using setup = openQueue()
  const { queue, insert } = setup
  const results = await Promise.all(
    ['a', 'b', 'c'].map(text =>
      queue.run(() => {
        insert(text)
        return text.toUpperCase()
      }),
    ),
  )
  assert.deepEqual(results, ['A', 'B', 'C'])
  assert.deepEqual(setup.notes(), ['a', 'b', 'c'])
  assert.equal(setup.transactions(), 1)
})

test('a write that is refused with an error of ours does not spoil its neighbours', async () => {
  using setup = openQueue()
  const { queue, insert } = setup
  const refuse = () => {
    throw new AppError('EVENT_LOG_NOT_OWNER', 'not yours')
  }
  const [first, refused, last] = await Promise.allSettled([queue.run(() => insert('a')), queue.run(refuse), queue.run(() => insert('b'))])
  assert.deepEqual([first?.status, refused?.status, last?.status], ['fulfilled', 'rejected', 'fulfilled'])
  assert.deepEqual(setup.notes(), ['a', 'b'])
})

test('when the database fails nothing of the transaction stays, and all are told that they may try again', async () => {
  using setup = openQueue()
  const { queue, insert } = setup
  const settled = await Promise.allSettled([queue.run(() => insert('a')), queue.run(() => insert(null))])
  for (const result of settled) {
    assert.equal(result.status, 'rejected')
    assert.ok(withCode('EVENT_LOG_UNAVAILABLE')(result.reason) && result.reason.retryable)
  }
  assert.deepEqual(setup.notes(), [])
  await queue.run(() => insert('later'))
  assert.deepEqual(setup.notes(), ['later'])
})

test('a write waits for the transaction of another connection without holding up this process', async () => {
  using setup = openQueue()
  const { queue, insert } = setup
  using other = setup.openSecond()
  other.exec('BEGIN IMMEDIATE')
  let isDone = false
  const written = queue
    .run(() => insert('a'))
    .then(() => {
      isDone = true
    })
  for (let turn = 0; turn < 5; turn += 1) await new Promise(resolve => setTimeout(resolve, 10))
  assert.equal(isDone, false)
  other.exec('ROLLBACK')
  await written
  assert.deepEqual(setup.notes(), ['a'])
})

test('more than the queue may hold is refused, not kept in memory', async () => {
  using setup = openQueue()
  const { queue, insert } = setup
  const sizeBytes = 40 * 1024 * 1024
  const kept = queue.run(() => insert('a'), sizeBytes)
  await assert.rejects(
    queue.run(() => insert('b'), sizeBytes),
    withCode('EVENT_LOG_UNAVAILABLE'),
  )
  await kept
  await queue.run(() => insert('c'), sizeBytes)
  assert.deepEqual(setup.notes(), ['a', 'c'])
})

test('closing writes what waits and refuses what comes later', async () => {
  using setup = openQueue()
  const { queue, insert } = setup
  const waiting = queue.run(() => insert('a'))
  queue.close()
  await waiting
  assert.deepEqual(setup.notes(), ['a'])
  await assert.rejects(
    queue.run(() => insert('b')),
    withCode('EVENT_LOG_UNAVAILABLE'),
  )
})

test('the opened log syncs every commit to disk and keeps a write-ahead log', () => {
  using setup = openQueue()
  // 2 is FULL (sqlite.org/pragma.html#pragma_synchronous); with NORMAL a power cut takes back what was answered 202.
  assert.equal(setup.pragma('synchronous'), 2)
  assert.equal(setup.pragma('journal_mode'), 'wal')
})

// Without the timeout a write that nobody answers any more would keep this test waiting for ever.
test('a write that another process holds up for too long is given up, and said so', { timeout: 10_000 }, async t => {
  using setup = openQueue()
  const other = setup.openSecond()
  other.exec('BEGIN IMMEDIATE')
  t.after(() => other.close())
  // Time passes at once: the queue counts its patience by this clock.
  const realNow = performance.now.bind(performance)
  let aheadMs = 0
  t.mock.method(performance, 'now', () => realNow() + aheadMs)
  const write = setup.queue.run(() => setup.insert('late'))
  aheadMs = 60_000
  await assert.rejects(write, withCode('EVENT_LOG_UNAVAILABLE'))
  other.exec('ROLLBACK')
  assert.deepEqual(setup.notes(), [])
})
