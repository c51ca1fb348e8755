import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DEAD_LETTER_TOPIC, WINDOW_TOUCHED_TOPIC } from '../../schemas/topics.ts'
import { delay } from '../../services/platform/clock.ts'
import { AppError } from '../../services/platform/errors.ts'
import { committed, committedUpTo, fastConfig, openRig, plainLine, requestsIn, START, send, TOPIC } from './consume-rig.ts'
import { decodePlainLines } from './plain-lines.ts'

test('every line that was sent is written once and then committed', async t => {
  const { eventLog, clickhouse, start } = openRig(t)
  await send(eventLog, 0, ['a', 'b'])
  await send(eventLog, 5, ['c'])
  const worker = start()
  await send(eventLog, 5, ['d'])
  await committedUpTo(eventLog, [
    [0, 1],
    [5, 2],
  ])
  await worker.stop()
  assert.deepEqual(requestsIn(clickhouse), ['a', 'b', 'c', 'd'])
})

test('SIGTERM writes and commits what was read, then leaves: the next worker gets nothing twice', async t => {
  const { eventLog, clickhouse, start } = openRig(t, { gather: { ...fastConfig.gather, maxAgeMs: 1e6 } })
  await send(eventLog, 0, ['a', 'b'])
  const read = Promise.withResolvers<void>()
  const worker = start({
    decode: record => {
      read.resolve()
      return decodePlainLines(record)
    },
  })
  await read.promise
  await worker.stop()
  assert.deepEqual(requestsIn(clickhouse), ['a', 'b'])
  assert.deepEqual(await committed(eventLog, 0), 1)
})

test('a worker that dies after the insert repeats the same row identities and loses nothing', async t => {
  const { eventLog, clickhouse, start } = openRig(t)
  await send(eventLog, 0, ['a', 'b'])
  const dying = start({ eventLog: { ...eventLog, append: () => Promise.reject(new Error('killed before the announcement')) } })
  await assert.rejects(dying.ended, { message: 'killed before the announcement' })
  assert.equal(await committed(eventLog, 0), undefined)
  const worker = start()
  await committedUpTo(eventLog, [[0, 1]])
  await worker.stop()
  const identities = clickhouse
    .rows('attempts_raw')
    .map(row =>
      [row['log_epoch'], row['topic'], row['partition'], row['offset'], row['line_no'], row['row_no'], row['request_id']].join('/'),
    )
  const once = [`test/${TOPIC}/0/0/0/0/a`, `test/${TOPIC}/0/0/1/0/b`]
  assert.deepEqual(identities, [...once, ...once])
})

test('an insert that fails is tried again until it works, and nothing is committed before', async t => {
  const { eventLog, clickhouse, start } = openRig(t)
  let failures = 0
  const committedDuringFailures: unknown[] = []
  clickhouse.beforeInsert = async table => {
    if (table !== 'attempts_raw' || failures === 3) return
    failures++
    committedDuringFailures.push(await committed(eventLog, 0))
    throw new AppError('CLICKHOUSE_UNAVAILABLE', 'made by the test')
  }
  await send(eventLog, 0, ['a'])
  const worker = start()
  await committedUpTo(eventLog, [[0, 1]])
  await worker.stop()
  assert.deepEqual(committedDuringFailures, [undefined, undefined, undefined])
  assert.deepEqual(requestsIn(clickhouse), ['a'])
})

test('an insert whose answer got lost is repeated: the rows are there twice, with one identity, never missing', async t => {
  const { eventLog, clickhouse, start } = openRig(t)
  let isLost = false
  clickhouse.afterInsert = async table => {
    if (table !== 'attempts_raw' || isLost) return
    isLost = true
    throw new AppError('CLICKHOUSE_UNAVAILABLE', 'the answer got lost')
  }
  await send(eventLog, 0, ['a'])
  const worker = start()
  await committedUpTo(eventLog, [[0, 1]])
  await worker.stop()
  const [first, second, ...more] = clickhouse.rows('attempts_raw')
  assert.deepEqual(first, second)
  assert.deepEqual(more, [])
})

test('a fault that cannot be retried stops the worker with nothing committed', async t => {
  const { eventLog, clickhouse, start } = openRig(t)
  clickhouse.beforeInsert = () => Promise.reject(new AppError('CLICKHOUSE_QUERY_FAILED', 'no such table'))
  await send(eventLog, 0, ['a'])
  await assert.rejects(start().ended, { code: 'CLICKHOUSE_QUERY_FAILED' })
  assert.equal(await committed(eventLog, 0), undefined)
})

test('while ClickHouse hangs, at most two batches are held in memory, and all is written when it answers again', async t => {
  const maxRows = 50
  const { eventLog, clickhouse, start } = openRig(t, { gather: { ...fastConfig.gather, maxRows } })
  const hang = Promise.withResolvers<void>()
  const hanging = Promise.withResolvers<void>()
  clickhouse.beforeInsert = async () => {
    hanging.resolve()
    await hang.promise
  }
  const messages = Array.from({ length: 1_000 }, (_, index) => plainLine(`r${index}`))
  await eventLog.append(
    TOPIC,
    messages.map(line => ({ partition: 0, value: Buffer.from(line) })),
  )
  let decoded = 0
  const worker = start({
    decode: record => {
      decoded++
      return decodePlainLines(record)
    },
  })
  await hanging.promise
  // Long enough for a worker without back-pressure to read on; the figure itself does not depend on it.
  await delay(200)
  assert.equal(decoded, 2 * maxRows)
  hang.resolve()
  await committedUpTo(eventLog, [[0, 1_000]])
  await worker.stop()
  assert.equal(new Set(requestsIn(clickhouse)).size, 1_000)
  assert.equal(requestsIn(clickhouse).length, 1_000)
})

test('a server that never tells the types of its columns keeps a worker neither from its lines nor from stopping', async t => {
  const { eventLog, clickhouse, start } = openRig(t)
  clickhouse.columnTypes = () => new Promise(() => {})
  await send(eventLog, 0, ['a', 'b'])
  const worker = start()
  await committedUpTo(eventLog, [[0, 1]])
  await send(eventLog, 0, ['c'])
  await committedUpTo(eventLog, [[0, 2]])
  await worker.stop()
  assert.deepEqual(requestsIn(clickhouse), ['a', 'b', 'c'])
})

test('a worker told to stop while ClickHouse hangs gives up after its drain time and leaves the rest uncommitted', async t => {
  const { eventLog, clickhouse, start } = openRig(t, { drainMs: 50 })
  const hanging = Promise.withResolvers<void>()
  clickhouse.beforeInsert = () => {
    hanging.resolve()
    return new Promise(() => {})
  }
  await send(eventLog, 0, ['a'])
  const worker = start()
  await hanging.promise
  await worker.stop()
  assert.equal(await committed(eventLog, 0), undefined)
})

test('a bad line keeps its neighbours, lands whole in the dead letters, and the ledger of each message balances', async t => {
  const { eventLog, clickhouse, start } = openRig(t)
  await eventLog.append(TOPIC, [{ partition: 0, value: Buffer.from(`${plainLine('a')}\n{"half": \n${plainLine('b')}`) }])
  await send(eventLog, 1, ['c'])
  const worker = start()
  await committedUpTo(eventLog, [
    [0, 1],
    [1, 1],
  ])
  await worker.stop()
  assert.deepEqual(requestsIn(clickhouse), ['a', 'b', 'c'])
  assert.deepEqual(
    clickhouse.rows('dead_letters').map(row => [row['partition'], row['offset'], row['line_no'], row['line']]),
    [[0, 0, 1, '{"half": ']],
  )
  const ledger = [...clickhouse.rows('messages_read')].sort((a, b) => Number(a['partition']) - Number(b['partition']))
  assert.deepEqual(
    ledger.map(row => [row['partition'], row['lines'], row['accepted_lines'], row['dead_letters']]),
    [
      [0, 3, 2, 1],
      [1, 1, 1, 0],
    ],
  )
  assert.deepEqual(
    eventLog.recordsOf(DEAD_LETTER_TOPIC).map(record => Buffer.from(record.value).toString('utf8')),
    ['{"half": '],
  )
  assert.deepEqual(new Set(eventLog.recordsOf(WINDOW_TOUCHED_TOPIC).map(record => record.key)), new Set([String(Date.parse(START))]))
})

test('partitions taken away during a flush are written again by their new owner, and the loser goes on with its own', async t => {
  const { eventLog, clickhouse, start } = openRig(t)
  const hang = Promise.withResolvers<void>()
  const hanging = Promise.withResolvers<void>()
  clickhouse.beforeInsert = async () => {
    hanging.resolve()
    await hang.promise
  }
  for (let partition = 0; partition < 8; partition++) await send(eventLog, partition, [`before-${partition}`])
  const loser = start()
  await hanging.promise
  const winner = start()
  hang.resolve()
  for (let partition = 0; partition < 8; partition++) await send(eventLog, partition, [`after-${partition}`])
  await committedUpTo(
    eventLog,
    Array.from({ length: 8 }, (_, partition) => [partition, 2] as const),
  )
  await loser.stop()
  await winner.stop()
  const expected = Array.from({ length: 8 }, (_, partition) => [`after-${partition}`, `before-${partition}`]).flat()
  assert.deepEqual([...new Set(requestsIn(clickhouse))], expected.sort())
  const identities = new Map(
    clickhouse.rows('attempts_raw').map(row => [`${row['partition']}/${row['offset']}/${row['line_no']}`, row['request_id']]),
  )
  assert.equal(identities.size, expected.length)
})

test('too many refused lines stop the worker uncommitted; a restart stops at the same place until the limit is raised', async t => {
  const limited = { deadLetterLimit: { maxRatio: 0.5, windowLines: 10, sourceWindowLines: 1_000 } }
  const { eventLog, clickhouse, start } = openRig(t, limited)
  await send(eventLog, 0, ['a', 'b'])
  for (let message = 0; message < 12; message++) await eventLog.append(TOPIC, [{ partition: 0, value: Buffer.from('junk') }])
  for (const _attempt of [1, 2]) {
    await assert.rejects(start().ended, {
      code: 'WORKER_TOO_MANY_DEAD_LETTERS',
      message: /8 of the last 10 lines.*LINE_NOT_JSON 8.*partition 0 offset/,
    })
    assert.ok(((await committed(eventLog, 0)) ?? 0) <= 3, 'no refused line was acknowledged while the share was over the limit')
  }
  const worker = start({}, { deadLetterLimit: { maxRatio: 1, windowLines: 10, sourceWindowLines: 1_000 } })
  await committedUpTo(eventLog, [[0, 13]])
  await worker.stop()
  const letters = new Set(clickhouse.rows('dead_letters').map(row => row['offset']))
  assert.deepEqual(letters, new Set(Array.from({ length: 12 }, (_, index) => index + 1)))
})
