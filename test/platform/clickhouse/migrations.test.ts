import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import type { ClickHouse } from '../../../services/platform/clickhouse/client.ts'
import { applyMigrations, type Migration, readMigrations } from '../../../services/platform/clickhouse/migrations.ts'
import { openTestClickHouse } from '../../fakes/clickhouse-server.ts'

const first = 'CREATE TABLE IF NOT EXISTS {database}.first {on_cluster} (a String) ENGINE = {engine:MergeTree} ORDER BY a;\n'
const second = `-- Two statements; a semicolon in a comment; is no end.
CREATE TABLE IF NOT EXISTS {database}.second {on_cluster} (a String) ENGINE = {engine:MergeTree} ORDER BY a;
CREATE VIEW IF NOT EXISTS {database}.second_view {on_cluster} AS SELECT * FROM {database}.second;
`

test('migrations are applied in order of their names, each once, and a second run does nothing', async t => {
  const { clickhouse } = await openTestClickHouse(t, { isMigrated: false })
  const migrations = migrationsOf(t, { '002_second.sql': second, '001_first.sql': first, 'notes.txt': 'no SQL' })
  assert.deepEqual(await apply(clickhouse, migrations), ['001_first.sql', '002_second.sql'])
  assert.deepEqual(await apply(clickhouse, migrations), [])
  assert.deepEqual(await tables(clickhouse), ['first', 'migrations', 'second', 'second_view'])
})

test('a migration that is added later is applied alone', async t => {
  const { clickhouse } = await openTestClickHouse(t, { isMigrated: false })
  await apply(clickhouse, migrationsOf(t, { '001_first.sql': first }))
  assert.deepEqual(await apply(clickhouse, migrationsOf(t, { '001_first.sql': first, '002_second.sql': second })), ['002_second.sql'])
})

test('an applied migration that was edited is refused before anything is run', async t => {
  const { clickhouse } = await openTestClickHouse(t, { isMigrated: false })
  await apply(clickhouse, migrationsOf(t, { '002_second.sql': second }))
  const edited = migrationsOf(t, { '001_first.sql': first, '002_second.sql': second.replace('(a String)', '(a String, b String)') })
  await assert.rejects(apply(clickhouse, edited), { code: 'MIGRATION_CHANGED' })
  assert.deepEqual(await tables(clickhouse), ['migrations', 'second', 'second_view'])
})

test('a migration that was cut off half-way is completed by the next run', async t => {
  const { clickhouse } = await openTestClickHouse(t, { isMigrated: false })
  const migrations = migrationsOf(t, { '001_first.sql': first, '002_second.sql': second })
  let commands = 0
  const dying: ClickHouse = {
    ...clickhouse,
    command(...parameters) {
      // Database, table of migrations, first, second: the view of 002 is the fifth.
      if (++commands === 5) return Promise.reject(new Error('the process was killed here'))
      return clickhouse.command(...parameters)
    },
  }
  await assert.rejects(apply(dying, migrations), { message: 'the process was killed here' })
  assert.deepEqual(await tables(clickhouse), ['first', 'migrations', 'second'])
  assert.deepEqual(await apply(clickhouse, migrations), ['002_second.sql'])
  assert.deepEqual(await tables(clickhouse), ['first', 'migrations', 'second', 'second_view'])
})

test('a replicated cluster gets replicated engines on every node', async () => {
  const statements: string[] = []
  const recording = {
    database: 'weir',
    command: async (sql: string) => void statements.push(sql),
    query: async () => [],
    insert: async () => {},
  } as unknown as ClickHouse
  await applyMigrations({ migrations: readMigrations(), isReplicated: true, cluster: 'main' }, { clickhouse: recording })
  // Rows reach the other nodes by replication.
  for (const statement of statements.filter(sql => !/^INSERT/m.test(sql))) assert.match(statement, /ON CLUSTER 'main'/)
  const engines = statements.flatMap(statement => statement.match(/ENGINE = \w+/g) ?? [])
  assert.ok(engines.length > 0)
  for (const engine of engines) assert.match(engine, /^ENGINE = Replicated\w*MergeTree$/)
})

test('price versions from before there was a trail stay in force', async t => {
  const { clickhouse } = await openTestClickHouse(t, { isMigrated: false })
  const migrations = readMigrations()
  const at = migrations.findIndex(({ name }) => name === '025_price_imports_of_before.sql')
  await apply(clickhouse, migrations.slice(0, at))
  await clickhouse.insert(
    'prices',
    ['version', 'source', 'valid_from', 'valid_to'],
    [
      [1, 'old', 5, null],
      [1, 'old', 7, 9],
      [2, 'new', 8, 9],
    ],
  )
  await apply(clickhouse, migrations)
  const trail = await clickhouse.query(
    'SELECT version, source, rows, toUnixTimestamp64Milli(valid_from) AS f, toUnixTimestamp64Milli(valid_to) AS t FROM {database}.price_imports ORDER BY version',
  )
  assert.deepEqual(trail, [
    { version: 1, source: 'old', rows: 2, f: 5, t: null },
    { version: 2, source: 'new', rows: 1, f: 8, t: 9 },
  ])
})

test("Weir's own migrations apply to an empty server and a second run does nothing", async t => {
  const { clickhouse } = await openTestClickHouse(t, { isMigrated: false })
  const names = readMigrations().map(migration => migration.name)
  assert.deepEqual(await apply(clickhouse, readMigrations()), names)
  assert.deepEqual(names, [...names].sort())
  assert.deepEqual(await apply(clickhouse, readMigrations()), [])
})

function apply(clickhouse: ClickHouse, migrations: readonly Migration[]): Promise<readonly string[]> {
  return applyMigrations({ migrations, isReplicated: false }, { clickhouse })
}

async function tables(clickhouse: ClickHouse): Promise<string[]> {
  const rows = await clickhouse.query<{ name: string }>('SELECT name FROM system.tables WHERE database = {name:String} ORDER BY name', {
    name: clickhouse.database,
  })
  return rows.map(row => row.name)
}

function migrationsOf(t: TestContext, files: Readonly<Record<string, string>>): readonly Migration[] {
  const folder = mkdtempSync(join(tmpdir(), 'weir-migrations-'))
  t.after(() => rmSync(folder, { recursive: true }))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return readMigrations(pathToFileURL(`${folder}/`))
}
