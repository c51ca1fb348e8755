import assert from 'node:assert/strict'
import { after, suite, test } from 'node:test'
import { attemptColumns, emptyAttempt } from '../../schemas/attempt.ts'
import { deadLetterColumns } from '../../schemas/dead-letter.ts'
import { engineSampleColumns } from '../../schemas/engine-sample.ts'
import { gatewaySampleColumns } from '../../schemas/gateway-sample.ts'
import { gpuSampleColumns } from '../../schemas/gpu-sample.ts'
import { messageReadColumns } from '../../schemas/message-read.ts'
import { readMigrations } from '../../services/platform/clickhouse/migrations.ts'
import { openTestClickHouse } from '../fakes/clickhouse-server.ts'

const writtenColumns = {
  attempts_raw: attemptColumns,
  engine_samples_raw: engineSampleColumns,
  gateway_samples_raw: gatewaySampleColumns,
  gpu_samples_raw: gpuSampleColumns,
  dead_letters: deadLetterColumns,
  messages_read: messageReadColumns,
}

const server = await openTestClickHouse({ after })

suite('the tables of ClickHouse', () => {
  for (const [table, columns] of Object.entries(writtenColumns)) {
    test(`${table} has exactly the columns that the worker writes, in the same order`, async () => {
      const rows = await server.clickhouse.query<{ name: string }>(
        `SELECT name FROM system.columns WHERE database = {database_name:String} AND table = {table:String} AND default_kind = '' ` +
          `ORDER BY position`,
        { database_name: server.database, table },
      )
      assert.deepEqual(
        rows.map(row => row.name),
        [...columns],
      )
    })
  }

  test('the largest values of every kind come back as they were written', async () => {
    const startedAt = Date.UTC(2026, 6, 1, 12, 0, 59, 999)
    const attempt = {
      ...emptyAttempt('tenant \u0000 "quoted" \\ 漢字 🚀', 'request\n1', startedAt),
      attempt_no: 65_535,
      attempts_reported: 65_535,
      is_sole_row: true,
      ended_at: startedAt + 1,
      ttft_ms: 0.125,
      duration_ms: 1e12,
      status_code: 999,
      input_tokens: Number.MAX_SAFE_INTEGER,
      reported_cost: '999999999.999999999999999999',
      window_start: startedAt - 59_999,
      dialect: 'canonical',
      log_epoch: 'epoch',
      topic: 'weir.access-log.v1',
      partition: 4_294_967_295,
      offset: Number.MAX_SAFE_INTEGER,
      line_no: 4_294_967_295,
      row_no: 65_535,
      received_at: startedAt + 2_000,
    }
    const cells = attemptColumns.map(column => (column === 'window_start' ? attempt.window_start / 1000 : attempt[column]))
    await server.clickhouse.insert('attempts_raw', attemptColumns, [cells])
    const [row] = await server.clickhouse.query<Record<string, unknown>>(`SELECT ${attemptColumns.join(', ')} FROM {database}.attempts_raw`)
    assert.deepEqual(row, {
      ...attempt,
      window_start: '2026-07-01T12:00:00Z',
      started_at: '2026-07-01T12:00:59.999Z',
      ended_at: '2026-07-01T12:01:00.000Z',
      received_at: '2026-07-01T12:01:01.999Z',
    })
  })

  test('no placeholder of a migration is left unfilled', async () => {
    const rows = await server.clickhouse.query<{ name: string; create_table_query: string }>(
      `SELECT name, create_table_query FROM system.tables WHERE database = {database_name:String}`,
      { database_name: server.database },
    )
    assert.ok(rows.length > Object.keys(writtenColumns).length)
    for (const { name, create_table_query } of rows) assert.doesNotMatch(create_table_query, /\{(database|on_cluster|engine:\w+)\}/, name)
  })
})

test('every statement may run twice and follows the cluster', () => {
  for (const { name, statements } of readMigrations()) {
    for (const statement of statements) {
      const sql = statement.replaceAll(/^--.*$/gm, '').trim()
      const form = name.startsWith('views/')
        ? /^CREATE OR REPLACE VIEW \{database\}\.\w+ \{on_cluster\}/
        : /^(CREATE TABLE IF NOT EXISTS|ALTER TABLE) \{database\}\.\w+ \{on_cluster\}/
      assert.match(sql, form, name)
      if (sql.startsWith('CREATE TABLE')) assert.match(sql, /ENGINE = \{engine:\w*MergeTree\}/, name)
    }
  }
})

test('tables are numbered without doubles or gaps, one file each, and a file is named for what it makes', () => {
  const migrations = readMigrations()
  const tables = migrations.filter(({ name }) => !name.startsWith('views/'))
  assert.ok(tables.length > 0 && tables.length < migrations.length)
  for (const [index, { name }] of tables.entries()) assert.match(name, new RegExp(`^${String(index + 1).padStart(3, '0')}(_|\\.set-)`))
  for (const { name, statements } of migrations) {
    if (name.includes('.set-')) {
      for (const sql of statements) assert.match(sql, /^ALTER TABLE \S+ \{on_cluster\} MODIFY SETTING /m)
      continue
    }
    const made = statements.flatMap(sql => sql.match(/^(?:CREATE|ALTER) .*\{database\}\.(\w+)/m)?.[1] ?? [])
    assert.deepEqual(made, [name.replace(/^(views\/|\d+_)/, '').replace(/(\.add-[\w-]+)?\.sql$/, '')], name)
  }
})
