import { AsyncResource } from 'node:async_hooks'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type ClickHouse, openClickHouse } from '../../services/platform/clickhouse/client.ts'
import { type EmbeddedClickHouse, openEmbeddedClickHouse } from '../../services/platform/clickhouse/embedded.ts'
import type { ClickHouseAccount } from '../../services/platform/clickhouse/embedded-access.ts'
import { applyMigrations, readMigrations } from '../../services/platform/clickhouse/migrations.ts'

const CACHE = fileURLToPath(new URL('../../.cache/', import.meta.url))

/**
 * What a test hands over so that what was opened for it is closed after it: `t` of a test, or, at the top level of a file, `{ after }` of
 * node:test.
 */
export interface TestScope {
  after(close: () => Promise<void>): void
}

/** A real ClickHouse with a database of its own. */
export interface TestClickHouse {
  clickhouse: ClickHouse
  url: string
  database: string
  owner: ClickHouseAccount
  /** Settings that point a process at it. */
  environment: Readonly<Record<string, string>>
}

/** Settings that point a process at an embedded server. */
export function environmentOf(
  { url, owner }: Pick<EmbeddedClickHouse, 'url' | 'owner'>,
  database = 'weir',
): Readonly<Record<string, string>> {
  return { CLICKHOUSE_URL: url, CLICKHOUSE_USER: owner.username, CLICKHOUSE_PASSWORD: owner.password, CLICKHOUSE_DATABASE: database }
}

type Server = { embedded: EmbeddedClickHouse; directory: string }
let server: Promise<Server> | undefined
/**
 * Files are loaded while tests of others run, and `after` is of the test whose promises are waited for: of the one that asked for the
 * server first, were it opened there, and the database of a file would be closed and emptied with that test.
 */
const ofNoTest = new AsyncResource('ClickHouse of all tests')
let databases = 1
/** Databases that tests are done with, to be emptied for the next one. The first is the template's. */
const left: { database: string; isEmpty: boolean }[] = [{ database: 'weir_test_1', isEmpty: true }]

/**
 * A migrated, empty database on a real embedded ClickHouse. The server is started once per test file (that is: per process), in a fresh
 * temporary directory, and ends with the file. A database is a test's own until the test ends; then it is emptied for another one, which is
 * much faster than to make a new one. `isMigrated: false` gives one without tables, not even created.
 */
export async function openTestClickHouse(t: TestScope, options: { isMigrated?: boolean } = {}): Promise<TestClickHouse> {
  server ??= ofNoTest.runInAsyncScope(openServer)
  const { embedded } = await server
  const isMigrated = options.isMigrated !== false
  const database = (isMigrated ? await emptied(embedded) : undefined) ?? `weir_test_${++databases}`
  const clickhouse = openClickHouse({ url: embedded.url, ...embedded.owner, database })
  t.after(async () => {
    await clickhouse[Symbol.asyncDispose]()
    if (isMigrated) left.push({ database, isEmpty: false })
  })
  if (isMigrated) await applyMigrations({ migrations, isReplicated: false }, { clickhouse })
  return { clickhouse, url: embedded.url, database, owner: embedded.owner, environment: environmentOf(embedded, database) }
}

/**
 * One that was left, without its rows; undefined: none was, or a test has dropped tables of it. Not done as a test ends: what it closes
 * later still writes.
 */
async function emptied({ url, owner }: EmbeddedClickHouse): Promise<string | undefined> {
  const next = left.pop()
  if (next === undefined || next.isEmpty) return next?.database
  await using clickhouse = openClickHouse({ url, ...owner, database: next.database })
  // What a test made beside it, as closings do and leave when they are killed.
  const beside = await clickhouse.query<{ name: string }>('SELECT name FROM system.databases WHERE startsWith(name, {prefix:String})', {
    prefix: `${next.database}_`,
  })
  for (const { name } of beside) await clickhouse.command('DROP DATABASE {name:Identifier}', { name })
  const tables = await clickhouse.query<{ name: string; is_filled: 0 | 1 }>(
    'SELECT name, ifNull(total_rows, 0) > 0 AS is_filled FROM system.tables WHERE database = {database_name:String} AND name != ' +
      "'migrations'",
    { database_name: next.database },
  )
  if (tables.length !== tablesOfTemplate) return undefined
  for (const { name } of tables.filter(({ is_filled }) => is_filled)) await clickhouse.command(`TRUNCATE TABLE {database}.${name}`)
  return next.database
}

const migrations = readMigrations()
const tablesOfTemplate = new Set(
  migrations.flatMap(({ statements }) =>
    statements.flatMap(sql => sql.match(/CREATE (?:OR REPLACE VIEW|(?:TABLE|MATERIALIZED VIEW) IF NOT EXISTS) (\S+)/)?.[1] ?? []),
  ),
).size

async function openServer(): Promise<Server> {
  const directory = mkdtempSync(join(tmpdir(), 'weir-clickhouse-'))
  cpSync(await template(), directory, { recursive: true, verbatimSymlinks: true })
  const embedded = await openServerIn(directory)
  return { embedded, directory }
}

const openServerIn = (directory: string) => openEmbeddedClickHouse({ directory }, { logger: { warn: () => {} } })

/** A data directory with a migrated database, made once for these migrations: to copy it is faster than to migrate. */
async function template(): Promise<string> {
  const hash = createHash('sha256')
  for (const { name, sha256 } of migrations) hash.update(`${name} ${sha256}\n`)
  const directory = join(CACHE, `test-clickhouse-${hash.digest('hex').slice(0, 12)}`)
  if (existsSync(directory)) return directory
  mkdirSync(CACHE, { recursive: true })
  const making = mkdtempSync(`${directory}-`)
  {
    await using embedded = await openServerIn(making)
    await using clickhouse = openClickHouse({ url: embedded.url, ...embedded.owner, database: 'weir_test_1' })
    await applyMigrations({ migrations, isReplicated: false }, { clickhouse })
  }
  try {
    renameSync(making, directory)
  } catch (error) {
    // Another process was faster.
    rmSync(making, { recursive: true, force: true })
    if (!existsSync(directory)) throw error
  }
  return directory
}

after(async () => {
  if (server === undefined) return
  const { embedded, directory } = await server
  await embedded[Symbol.asyncDispose]()
  rmSync(directory, { recursive: true, force: true })
})
