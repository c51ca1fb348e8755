import assert from 'node:assert/strict'
import { globSync, readdirSync, readFileSync } from 'node:fs'
import { after, suite, test } from 'node:test'
import { tableSections } from '../../docs/pages/tables-page.ts'
import { tableOfFile } from '../../schemas/table-files.ts'
import type { TableRoom } from '../../schemas/table-spec.ts'
import { tables, tablesOf } from '../../schemas/tables.ts'
import { openTestClickHouse } from '../fakes/clickhouse-server.ts'

const root = new URL('../../', import.meta.url)
const { clickhouse, database } = await openTestClickHouse({ after })

suite('the declaration of tables', () => {
  test('it names every table that there is, in the order of their files', async () => {
    const files = readdirSync(new URL('schemas/clickhouse/', root))
      .filter(name => name.endsWith('.sql'))
      .sort()
    const creating = files.filter(name => tableOfFile(name)?.isAddition === false)
    assert.deepEqual(
      tables.map(({ name }) => name),
      creating.map(name => tableOfFile(name)?.table),
    )
    const made = await clickhouse.query<{ name: string }>(
      "SELECT name FROM system.tables WHERE database = {database_name:String} AND engine != 'View' AND name != 'migrations'",
      { database_name: database },
    )
    assert.deepEqual(made.map(({ name }) => name).sort(), tables.map(({ name }) => name).sort())
  })

  test('a table is versioned by its kind', async () => {
    const columns = await clickhouse.query<{ table: string; name: string }>(
      'SELECT table, name FROM system.columns WHERE database = {database_name:String}',
      { database_name: database },
    )
    const having = (...names: string[]) =>
      tables
        .map(({ name }) => name)
        .filter(table => names.every(name => columns.some(column => column.table === table && column.name === name)))
    assert.deepEqual(having('settle_version'), tablesOf('window', 'settled', 'scratch'))
    assert.deepEqual(having('settle_version', 'pass'), tablesOf('scratch'))
    assert.deepEqual(having('hour_start', 'published_version'), tablesOf('published'))
    assert.deepEqual(having('hour_start', 'hour_version'), tablesOf('hour', 'hourly'))
    assert.deepEqual(having('window_start', 'topic', 'partition', 'offset', 'received_at'), tablesOf('raw'))
    assert.deepEqual(having('log_epoch', 'topic', 'partition', 'offset', 'received_at'), tablesOf('raw', 'ledger'))
  })

  test('docs/tables.md has every column of every table, in order', async () => {
    const columns = await clickhouse.query<{ table: string; names: string[] }>(
      `SELECT table, groupArray(name) AS names
       FROM (SELECT table, name FROM system.columns WHERE database = {database_name:String} ORDER BY table, position)
       GROUP BY table`,
      { database_name: database },
    )
    for (const table of tableSections().flatMap(section => section.tables)) {
      const made = columns.find(({ table: name }) => name === table.name)?.names
      assert.deepEqual(
        table.columns.map(({ name }) => name),
        made,
        table.name,
      )
    }
  })

  test('a room whose queries read a table is declared as its reader, and a declared reader names it', () => {
    const files = globSync('services/**/*.{ts,sql}', { cwd: root }).map(file => ({
      room: file.split('/')[1] as TableRoom,
      text: readFileSync(new URL(file, root), 'utf8'),
    }))
    const roomsWith = (pattern: RegExp) => new Set(files.filter(({ text }) => pattern.test(text)).map(({ room }) => room))
    for (const { name, readers } of tables) {
      // Lists that are made from the declaration (books, clean-up, closing) name no table.
      const reading = roomsWith(new RegExp(`(FROM|JOIN) \\{(database|live)\\}\\.${name}(_current)?\\b`))
      const naming = roomsWith(new RegExp(`\\b${name}(_current)?\\b`))
      for (const room of reading) assert.ok(readers.includes(room), `services/${room} reads ${name}: declare it in schemas/tables.ts`)
      for (const room of readers) assert.ok(naming.has(room), `services/${room} does not read ${name}`)
    }
  })
})
