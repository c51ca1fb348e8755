import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
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
CREATE TABLE IF NOT EXISTS {database}.second_more {on_cluster} (a String) ENGINE = {engine:MergeTree} ORDER BY a;
`

test('migrations are applied in order of their names, each once, and a second run does nothing', async t => {
  const { clickhouse } = await openTestClickHouse(t, { isMigrated: false })
  const migrations = migrationsOf(t, { '002_second.sql': second, '001_first.sql': first, 'notes.txt': 'no SQL' })
  assert.deepEqual(await apply(clickhouse, migrations), ['001_first.sql', '002_second.sql'])
  assert.deepEqual(await apply(clickhouse, migrations), [])
  assert.deepEqual(await tables(clickhouse), ['first', 'migrations', 'second', 'second_more'])
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
  assert.deepEqual(await tables(clickhouse), ['migrations', 'second', 'second_more'])
})

test('a migration that was cut off half-way is completed by the next run', async t => {
  const { clickhouse } = await openTestClickHouse(t, { isMigrated: false })
  const migrations = migrationsOf(t, { '001_first.sql': first, '002_second.sql': second })
  let commands = 0
  const dying: ClickHouse = {
    ...clickhouse,
    command(...parameters) {
      // Database, table of migrations, first, second: the other table of 002 is the fifth.
      if (++commands === 5) return Promise.reject(new Error('the process was killed here'))
      return clickhouse.command(...parameters)
    },
  }
  await assert.rejects(apply(dying, migrations), { message: 'the process was killed here' })
  assert.deepEqual(await tables(clickhouse), ['first', 'migrations', 'second'])
  assert.deepEqual(await apply(clickhouse, migrations), ['002_second.sql'])
  assert.deepEqual(await tables(clickhouse), ['first', 'migrations', 'second', 'second_more'])
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
  for (const statement of statements) assert.match(statement, /ON CLUSTER 'main'/)
  const engines = statements.flatMap(statement => statement.match(/ENGINE = \w+/g) ?? [])
  assert.ok(engines.length > 0)
  for (const engine of engines) assert.match(engine, /^ENGINE = Replicated\w*MergeTree$/)
})

test('views come after the tables, each after those that it reads, and are replaced when anything is new', async t => {
  const { clickhouse } = await openTestClickHouse(t, { isMigrated: false })
  const outer = 'CREATE OR REPLACE VIEW {database}.a_outer {on_cluster} AS SELECT * FROM {database}.inner;'
  const inner = 'CREATE OR REPLACE VIEW {database}.inner {on_cluster} AS SELECT * FROM {database}.first;'
  const views = { 'views/a_outer.sql': outer, 'views/inner.sql': inner }
  const before = migrationsOf(t, { '001_first.sql': first, ...views })
  assert.deepEqual(await apply(clickhouse, before), ['001_first.sql', 'views/inner.sql', 'views/a_outer.sql'])
  await clickhouse.insert('first', ['a'], [['1']])
  const more = "ALTER TABLE {database}.first {on_cluster} ADD COLUMN IF NOT EXISTS b String DEFAULT 'new';"
  const later = migrationsOf(t, { '001_first.sql': first, '002_first_b.sql': more, ...views })
  assert.deepEqual(await apply(clickhouse, later), ['002_first_b.sql', 'views/inner.sql', 'views/a_outer.sql'])
  assert.deepEqual(await clickhouse.query('SELECT * FROM {database}.a_outer'), [{ a: '1', b: 'new' }])
  const renamed = { ...views, 'views/inner.sql': inner.replace('*', 'a AS c') }
  await apply(clickhouse, migrationsOf(t, { '001_first.sql': first, '002_first_b.sql': more, ...renamed }))
  assert.deepEqual(await clickhouse.query('SELECT * FROM {database}.a_outer'), [{ c: '1' }])
})

test('a database of the first release is upgraded: its rows stay and its tables are those of a new one', async t => {
  const upgraded = (await openTestClickHouse(t, { isMigrated: false })).clickhouse
  const released = releasedFiles()
  await apply(
    upgraded,
    readMigrations().filter(({ name }) => released.has(name)),
  )
  const firstTables = (await tables(upgraded)).filter(name => name !== 'migrations')
  for (const table of firstTables) await fillOneRow(upgraded, table)
  await apply(upgraded, readMigrations())
  for (const table of firstTables) {
    assert.deepEqual(await upgraded.query(`SELECT count() AS rows FROM {database}.${table}`), [{ rows: 1 }], table)
  }
  const fresh = (await openTestClickHouse(t)).clickhouse
  assert.deepEqual(await columnsOf(upgraded), await columnsOf(fresh))
})

test('a file of a release never changes', () => {
  const now = new Map(readMigrations().map(({ name, sha256 }) => [name, sha256]))
  for (const [name, sha256] of releasedFiles())
    assert.equal(now.get(name), sha256, `${name} is part of a release: undo the edit and add a file`)
})

test("Weir's own migrations apply to an empty server and a second run does nothing", async t => {
  const { clickhouse } = await openTestClickHouse(t, { isMigrated: false })
  const names = readMigrations().map(migration => migration.name)
  assert.deepEqual(await apply(clickhouse, readMigrations()), names)
  assert.deepEqual(names, [...names].sort())
  assert.deepEqual(await apply(clickhouse, readMigrations()), [])
})

/**
 * Files of the first release with their SHA-256, as `sha256sum [0-9]*.sql` prints them in schemas/clickhouse. While nothing is released the
 * list is empty, and stands for all files that make tables.
 */
function releasedFiles(): ReadonlyMap<string, string> {
  const lines = readFileSync(new URL('../../fixtures/clickhouse/first-release.sha256', import.meta.url), 'utf8')
    .split('\n')
    .filter(Boolean)
  const released = lines.map(line => line.split(/ +/)).map(([sha256 = '', name = '']) => [name, sha256] as const)
  const all = readMigrations().filter(({ name }) => /^\d/.test(name))
  return new Map(released.length > 0 ? released : all.map(({ name, sha256 }) => [name, sha256]))
}

async function fillOneRow(clickhouse: ClickHouse, table: string): Promise<void> {
  const [first] = (await columnsOf(clickhouse)).filter(column => column.table === table)
  assert.ok(first)
  await clickhouse.insert(table, [first.name], [[null]])
}

function columnsOf(clickhouse: ClickHouse): Promise<{ table: string; name: string }[]> {
  return clickhouse.query(
    `SELECT table, name, type, default_kind, default_expression, is_in_sorting_key FROM system.columns
     WHERE database = {database_name:String} AND table != 'migrations' ORDER BY table, position`,
    { database_name: clickhouse.database },
  )
}

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
  mkdirSync(join(folder, 'views'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return readMigrations(pathToFileURL(`${folder}/`))
}
