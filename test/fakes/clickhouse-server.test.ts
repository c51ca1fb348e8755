import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openTestClickHouse } from './clickhouse-server.ts'

test('two tests of one file share a server but never a row', async t => {
  const first = await openTestClickHouse(t)
  const second = await openTestClickHouse(t)
  assert.equal(first.url, second.url)
  await first.clickhouse.insert(
    'messages_read',
    ['topic', 'partition', 'offset', 'received_at'],
    [['weir.access-log.v1', 0, 7, Date.UTC(2026, 0, 1)]],
  )
  const count = 'SELECT count() AS rows FROM {database}.messages_read'
  assert.deepEqual(await first.clickhouse.query(count), [{ rows: 1 }])
  assert.deepEqual(await second.clickhouse.query(count), [{ rows: 0 }])
})

test('the database that a test leaves comes to the next one without a row, and whole', async t => {
  const count = 'SELECT count() AS rows FROM {database}.messages_read'
  await t.test('a test that leaves rows', async t1 => {
    const { clickhouse } = await openTestClickHouse(t1)
    await clickhouse.insert('messages_read', ['topic', 'partition', 'offset', 'received_at'], [['weir.access-log.v1', 0, 7, 0]])
    assert.deepEqual(await clickhouse.query(count), [{ rows: 1 }])
  })
  await t.test('a test that drops a table', async t2 => {
    const { clickhouse } = await openTestClickHouse(t2)
    assert.deepEqual(await clickhouse.query(count), [{ rows: 0 }])
    await clickhouse.command('DROP TABLE {database}.messages_read')
  })
  await t.test('a test that reads', async t3 => {
    const { clickhouse } = await openTestClickHouse(t3)
    assert.deepEqual(await clickhouse.query(count), [{ rows: 0 }])
  })
})
