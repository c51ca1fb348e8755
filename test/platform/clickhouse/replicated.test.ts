import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { type TestContext, test } from 'node:test'
import { defaultReadLimits, readRows } from '../../../services/api/http/read-limits.ts'
import { openAsOfDatabase } from '../../../services/cli/statements/as-of-database.ts'
import { type ClickHouse, openClickHouse } from '../../../services/platform/clickhouse/client.ts'

/** Answers everything with nothing, and keeps what was asked: the settings are in the address. */
async function openRecorder(t: TestContext): Promise<{ url: string; asked: URLSearchParams[] }> {
  const asked: URLSearchParams[] = []
  const server = createServer((request, response) => {
    asked.push(new URL(request.url ?? '', 'http://any').searchParams)
    request.resume().on('end', () => response.end())
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  return { url: `http://127.0.0.1:${(server.address() as { port: number }).port}`, asked }
}

const quorum = { insert_quorum: 'auto', insert_quorum_parallel: '0', select_sequential_consistency: '1' }
const calls: Readonly<Record<string, (clickhouse: ClickHouse) => Promise<unknown>>> = {
  query: clickhouse => clickhouse.query('SELECT 1'),
  command: clickhouse => clickhouse.command('INSERT INTO {database}.t (a) SELECT 1 AS a'),
  insert: clickhouse => clickhouse.insert('t', ['a'], [[1]]),
  insertBlocks: clickhouse => clickhouse.insertBlocks('t', ['a'], [Buffer.from('x')]),
}

for (const [name, call] of Object.entries(calls)) {
  test(`${name} of a replicated server waits for most replicas and asks none that lags; of a single server it does not`, async t => {
    const { url, asked } = await openRecorder(t)
    for (const isReplicated of [true, false]) {
      await using clickhouse = openClickHouse({ url, database: 'weir', isReplicated })
      await call(clickhouse)
      const last = asked.at(-1)
      for (const [setting, value] of Object.entries(quorum)) assert.equal(last?.get(setting), isReplicated ? value : null, setting)
    }
  })
}

test('a report of the API may be asked of any replica', async t => {
  const { url, asked } = await openRecorder(t)
  await using clickhouse = openClickHouse({ url, database: 'weir', isReplicated: true })
  await readRows('SELECT 1', {}, { clickhouse, limits: { ...defaultReadLimits, timeoutMs: 1_000 } })
  assert.equal(asked.at(-1)?.get('select_sequential_consistency'), '0')
})

test('what a closing makes beside the live database lies on the whole cluster, replicated', async () => {
  const statements: string[] = []
  const live = {
    database: 'weir',
    command: async (sql: string) => void statements.push(sql),
    query: async () => [],
    insert: async () => {},
    convert: async () => {},
  } as unknown as ClickHouse
  {
    await using asOf = await openAsOfDatabase({ priceVersion: 1, isReplicated: true, cluster: 'main' }, { live, now: () => 0 })
    await asOf.settle([]).catch(() => {})
  }
  assert.ok(statements.length > 20)
  for (const sql of statements.filter(text => /^(CREATE|DROP|ALTER)/.test(text))) assert.match(sql, /ON CLUSTER 'main'/)
  for (const sql of statements) for (const [engine] of sql.matchAll(/ENGINE = \w+/g)) assert.match(engine, /^ENGINE = Replicated/)
  assert.match(statements.at(-1) ?? '', /^DROP DATABASE IF EXISTS weir_asof_\w+ ON CLUSTER 'main'$/)
})
