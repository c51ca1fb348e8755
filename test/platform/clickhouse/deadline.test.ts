import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { defaultReadLimits, readRows } from '../../../services/api/http/read-limits.ts'
import { type ClickHouse, openClickHouse } from '../../../services/platform/clickhouse/client.ts'
import { withDeadline } from '../../../services/platform/clickhouse/deadline.ts'

const SHORT_MS = 300
const LATE = { code: 'CLICKHOUSE_UNAVAILABLE', message: /no answer within \d+ ms/ }

test('a call that never answers is given up and told to end; one that answers is not', async () => {
  let told: AbortSignal | undefined
  const never = withDeadline(20, signal => {
    told = signal
    return new Promise(() => {})
  })
  await assert.rejects(never, { message: 'no answer within 20 ms' })
  assert.equal(told?.aborted, true)
  assert.equal(await withDeadline(60_000, async () => 7), 7)
  await assert.rejects(
    withDeadline(60_000, async () => {
      throw new Error('its own')
    }),
    { message: 'its own' },
  )
})

/** Takes connections and says nothing, as a server does that was stopped. */
async function openSilentServer(t: { after(close: () => void): void }): Promise<string> {
  const server = createServer(() => {})
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`
}

const calls: Readonly<Record<string, (clickhouse: ClickHouse) => Promise<unknown>>> = {
  ping: clickhouse => clickhouse.ping(),
  query: clickhouse => clickhouse.query('SELECT 1'),
  command: clickhouse => clickhouse.command('SYSTEM FLUSH LOGS'),
  insert: clickhouse => clickhouse.insert('t', ['a'], [[1]]),
  insertBlocks: clickhouse => clickhouse.insertBlocks('t', ['a'], [Buffer.from('x')]),
  columnTypes: clickhouse => clickhouse.columnTypes('t', ['a']),
  convert: clickhouse => clickhouse.convert({ columns: [['a', 'String']], rows: [['x']] }, 'Parquet'),
}

for (const [name, call] of Object.entries(calls)) {
  test(`${name} of a server that says nothing is CLICKHOUSE_UNAVAILABLE`, async t => {
    await using clickhouse = openClickHouse({ url: await openSilentServer(t), database: 'weir', requestTimeoutMs: SHORT_MS })
    await assert.rejects(call(clickhouse), { code: 'CLICKHOUSE_UNAVAILABLE' })
  })
}

test('queries that wait for a connection are given up like those that have one', async t => {
  await using clickhouse = openClickHouse({ url: await openSilentServer(t), database: 'weir', requestTimeoutMs: 60_000 })
  const asked = Array.from({ length: 30 }, () => clickhouse.query('SELECT 1', {}, { max_execution_time: 0.1 }))
  for (const answer of await Promise.allSettled(asked)) {
    assert.equal(answer.status, 'rejected')
    assert.equal((answer as PromiseRejectedResult).reason.code, LATE.code)
    assert.match((answer as PromiseRejectedResult).reason.message, LATE.message)
  }
})

test('a question of the API is answered within its time, whatever the server does', async t => {
  await using clickhouse = openClickHouse({ url: await openSilentServer(t), database: 'weir' })
  const limits = { ...defaultReadLimits, timeoutMs: 100 }
  await assert.rejects(readRows('SELECT 1', {}, { clickhouse, limits }), LATE)
})
