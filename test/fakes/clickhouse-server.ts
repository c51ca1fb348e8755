import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { type ClickHouse, openClickHouse } from '../../services/platform/clickhouse/client.ts'
import { type EmbeddedClickHouse, openEmbeddedClickHouse } from '../../services/platform/clickhouse/embedded.ts'
import { applyMigrations, readMigrations } from '../../services/platform/clickhouse/migrations.ts'

/** What a test hands over so that what was opened for it is closed after it: `t` of a test, or, at the top level of a file, `{ after }` of node:test. */
export interface TestScope {
  after(close: () => Promise<void>): void
}

/** A real ClickHouse with a database of its own. */
export interface TestClickHouse {
  clickhouse: ClickHouse
  url: string
  database: string
}

let server: Promise<{ embedded: EmbeddedClickHouse; directory: string }> | undefined
let databases = 0

/**
 * A migrated, empty database on a real embedded ClickHouse. The server is started once per test file (that is: per process), in a fresh
 * temporary directory, and ends with the file; each call gives a new database. `isMigrated: false` gives one without tables, not even created.
 */
export async function openTestClickHouse(t: TestScope, options: { isMigrated?: boolean } = {}): Promise<TestClickHouse> {
  server ??= openServer()
  const { embedded } = await server
  const database = `weir_test_${++databases}`
  const clickhouse = openClickHouse({ url: embedded.url, database })
  t.after(async () => await clickhouse[Symbol.asyncDispose]())
  if (options.isMigrated !== false) await applyMigrations({ migrations: readMigrations(), isReplicated: false }, { clickhouse })
  return { clickhouse, url: embedded.url, database }
}

async function openServer(): Promise<{ embedded: EmbeddedClickHouse; directory: string }> {
  const directory = mkdtempSync(join(tmpdir(), 'weir-clickhouse-'))
  const embedded = await openEmbeddedClickHouse({ directory }, { logger: { warn: () => {} } })
  return { embedded, directory }
}

after(async () => {
  if (server === undefined) return
  const { embedded, directory } = await server
  await embedded[Symbol.asyncDispose]()
  rmSync(directory, { recursive: true, force: true })
})
