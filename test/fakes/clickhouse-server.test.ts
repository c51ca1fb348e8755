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
