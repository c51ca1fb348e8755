/** Power may fail at any moment: what a committed offset points at must be on the disk by then, not in the memory of the machine. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tables, tablesOf } from '../../schemas/tables.ts'
import { ACCESS_LOG_TOPIC } from '../../schemas/topics.ts'
import { buildMetrics } from '../../services/platform/metrics.ts'
import { flushBatch } from '../../services/worker/flush.ts'
import { buildGatherer } from '../../services/worker/gather.ts'
import { openTestClickHouse } from '../fakes/clickhouse-server.ts'
import { readSyncs, type Syncs } from '../fakes/syncs.ts'
import { decodePlainLines, plainLineAt, recordOf } from './plain-lines.ts'

const notes = tablesOf('scratch')

test('all that a commit, a version or a statement hangs on is synced as it is inserted; notes of one settling are not', async t => {
  const { clickhouse, database } = await openTestClickHouse(t)
  const opened = await clickhouse.query<{ name: string; engine_full: string }>(
    'SELECT name, engine_full FROM system.tables WHERE database = {database_name:String}',
    { database_name: database },
  )
  assert.ok(notes.length > 0 && notes.length < tables.length)
  for (const { name } of tables) {
    const engine = opened.find(table => table.name === name)?.engine_full ?? ''
    const isSynced = /fsync_after_insert = 1/.test(engine) && /fsync_part_directory = 1/.test(engine)
    assert.equal(isSynced, !notes.includes(name), name)
  }
})

test('rows, ledger and dead letters are synced, files and directories, before the offset is committed', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const calls: { call: string; syncs: Syncs; rows: number }[] = []
  const trace = async (call: string) => {
    const [counted] = await clickhouse.query<{ rows: number }>(
      'SELECT (SELECT count() FROM {database}.attempts_raw) + (SELECT count() FROM {database}.messages_read) AS rows',
    )
    calls.push({ call, syncs: await readSyncs(clickhouse), rows: counted?.rows ?? 0 })
  }
  await trace('start')
  const gatherer = buildGatherer({ maxRows: 1_000, maxSizeBytes: 1e9, maxAgeMs: 1e6 })
  await gatherer.add(recordOf(4, 'a 2026-07-01T12:00:00Z\nbroken\nb 2026-07-01T12:00:30Z'), decodePlainLines)
  gatherer.close()
  const batch = await gatherer.take()
  assert.ok(batch)
  await flushBatch(batch, {
    clickhouse: {
      ...clickhouse,
      async insert(table, columns, rows) {
        await clickhouse.insert(table, columns, rows)
        await trace(table)
      },
    },
    eventLog: { append: async () => {} },
    consumer: { commit: async topic => await trace(`commit ${topic}`) },
    limit: { mayCommit: () => true },
    decode: decodePlainLines,
    lineAt: plainLineAt,
    metrics: buildMetrics('worker'),
    persist: async <T>(_: string, operation: () => Promise<T>) => await operation(),
    now: () => Date.UTC(2026, 6, 1, 12, 1),
  })
  assert.deepEqual(
    calls.map(({ call }) => call),
    ['start', 'attempts_raw', 'dead_letters', 'messages_read', `commit ${ACCESS_LOG_TOPIC}`],
  )
  const steps = calls.slice(1, -1)
  for (const [index, step] of steps.entries()) {
    const before = calls[index]?.syncs as Syncs
    assert.ok(step.syncs.files > before.files, `${step.call}: its files are synced when the insert is answered`)
    assert.ok(step.syncs.directories > before.directories, `${step.call}: so is the directory that names them`)
  }
  assert.equal(calls.at(-1)?.rows, 3)
})
