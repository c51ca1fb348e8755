import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { defaultReadLimits, readRows } from '../../services/api/http/read-limits.ts'
import { openTestClickHouse } from '../fakes/clickhouse-server.ts'

const { clickhouse, database } = await openTestClickHouse({ after })
const deps = { clickhouse, limits: { ...defaultReadLimits, timeoutMs: 5_000 } }

test('a query can change nothing, whatever its text', async () => {
  for (const sql of [
    'CREATE TABLE {database}.intruder (a UInt8) ENGINE = Memory',
    "INSERT INTO {database}.migrations (name, sha256) VALUES ('x', 'y')",
    'TRUNCATE TABLE {database}.migrations',
    'DROP TABLE {database}.attempts_raw',
    'DROP DATABASE {database}',
  ]) {
    await assert.rejects(readRows(sql, {}, deps), { code: 'CLICKHOUSE_QUERY_FAILED' }, sql)
  }
  const tables = await clickhouse.query<{ name: string }>('SELECT name FROM system.tables WHERE database = {db:String}', { db: database })
  const names = tables.map(table => table.name)
  assert.ok(names.includes('attempts_raw') && !names.includes('intruder'))
  const [{ n } = { n: -1 }] = await clickhouse.query<{ n: number }>("SELECT countIf(name = 'x') AS n FROM {database}.migrations")
  assert.equal(n, 0)
})

test('a query gives at most so many rows, and no part of them when there are more', async () => {
  const limits = { ...deps.limits, maxRowsGiven: 1000 }
  assert.equal((await readRows('SELECT number FROM numbers(1000)', {}, { clickhouse, limits })).length, 1000)
  await assert.rejects(readRows('SELECT number FROM numbers(1001)', {}, { clickhouse, limits }), { code: 'API_QUERY_TOO_LARGE' })
})

test('a query takes at most so much memory, and the server is told so', async () => {
  const limits = { ...deps.limits, maxMemoryBytes: 8 * 1024 * 1024 }
  await assert.rejects(readRows('SELECT length(groupArray(number)) AS n FROM numbers(5000000)', {}, { clickhouse, limits }), {
    code: 'CLICKHOUSE_OVERLOADED',
  })
  const [row] = await readRows<{ n: number }>('SELECT max(number) AS n FROM numbers(5000000)', {}, { clickhouse, limits })
  assert.equal(Number(row?.n), 4_999_999)
})
