import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { AppError } from '../errors.ts'
import type { ClickHouse } from './client.ts'
import { statementsOf } from './read-query.ts'

/**
 * A file of schemas/clickhouse or of its views: its name (of a view with the folder), its statements in order, and the SHA-256 of its text.
 */
export interface Migration {
  name: string
  statements: readonly string[]
  sha256: string
}

/** What stands in the table of applied migrations. */
interface AppliedMigration {
  name: string
  sha256: string
}

const folder = new URL('../../../schemas/clickhouse/', import.meta.url)
const VIEWS = 'views/'

/** All migrations: the numbered ones by name, then the views, each after those that it reads. */
export function readMigrations(from: URL = folder): readonly Migration[] {
  return [...readFolder(from, ''), ...inReadingOrder(readFolder(from, VIEWS))]
}

function readFolder(from: URL, prefix: string): Migration[] {
  const place = new URL(prefix, from)
  if (!existsSync(place)) return []
  return readdirSync(place)
    .filter(name => name.endsWith('.sql'))
    .sort()
    .map(name => {
      const text = readFileSync(new URL(name, place), 'utf8')
      return { name: `${prefix}${name}`, statements: statementsOf(text), sha256: createHash('sha256').update(text).digest('hex') }
    })
}

/** A view's file has its name, so whoever reads it has `{database}.NAME` in its text. */
function inReadingOrder(views: readonly Migration[]): Migration[] {
  const ordered = new Set<Migration>()
  const add = (view: Migration) => {
    const text = view.statements.join()
    for (const other of views) {
      const isRead = new RegExp(`\\{database\\}\\.${other.name.slice(VIEWS.length, -'.sql'.length)}\\b`).test(text)
      if (other !== view && isRead && !ordered.has(other)) add(other)
    }
    ordered.add(view)
  }
  for (const view of views) add(view)
  return [...ordered]
}

/**
 * Applies what is not applied yet, in order, and records it; gives the names applied. A second run does nothing. A numbered file never
 * changes once it is applied. When there is something new, all views are replaced: a view's columns are those that its tables had when it
 * was made. A statement that was cut off by a crash runs again: every one is written to be harmless when repeated (IF NOT EXISTS, OR
 * REPLACE). Rejects with MIGRATION_CHANGED, before anything is run, when an applied numbered file has been edited since.
 */
export async function applyMigrations(
  config: { migrations: readonly Migration[]; isReplicated: boolean; cluster?: string | undefined },
  deps: { clickhouse: ClickHouse },
): Promise<readonly string[]> {
  const { clickhouse } = deps
  const fill = (sql: string) => placed(sql, config)
  await clickhouse.command(fill('CREATE DATABASE IF NOT EXISTS {database} {on_cluster}'))
  await clickhouse.command(
    fill(
      "CREATE TABLE IF NOT EXISTS {database}.migrations {on_cluster} (name String, sha256 String, applied_at DateTime64(3, 'UTC') " +
        'DEFAULT now64(3)) ENGINE = {engine:ReplacingMergeTree} ORDER BY name',
    ),
  )
  const missing = missingOf(
    config.migrations,
    await clickhouse.query<AppliedMigration>('SELECT name, sha256 FROM {database}.migrations FINAL'),
  )
  const done: Migration[] = []
  try {
    for (const migration of missing) {
      for (const statement of migration.statements) await clickhouse.command(fill(statement))
      done.push(migration)
    }
  } finally {
    // All at once: a start on a new database waits for each of these writes. One that a crash keeps from being
    // recorded runs again, harmlessly.
    await clickhouse.insert(
      'migrations',
      ['name', 'sha256'],
      done.map(({ name, sha256 }) => [name, sha256]),
    )
  }
  return missing.map(migration => migration.name)
}

function missingOf(migrations: readonly Migration[], rows: readonly AppliedMigration[]): readonly Migration[] {
  const applied = new Map(rows.map(row => [row.name, row.sha256]))
  const isView = ({ name }: Migration) => name.startsWith(VIEWS)
  for (const migration of migrations) {
    const before = applied.get(migration.name)
    if (before !== undefined && before !== migration.sha256 && !isView(migration)) {
      throw new AppError(
        'MIGRATION_CHANGED',
        `${migration.name} was applied with SHA-256 ${before.slice(0, 12)}… and now is ${migration.sha256.slice(0, 12)}…: undo the ` +
          `edit and add a new migration instead`,
      )
    }
  }
  const missing = migrations.filter(migration => applied.get(migration.name) !== migration.sha256)
  return missing.length === 0 ? [] : migrations.filter(migration => isView(migration) || missing.includes(migration))
}

/** Where tables lie: on one server, or on each of a cluster with rows that are copied among them. */
export interface Placement {
  isReplicated?: boolean
  cluster?: string | undefined
}

/** Fills `{engine:…}` and `{on_cluster}` in a statement that makes or drops something. */
export function placed(sql: string, config: Placement): string {
  return sql
    .replaceAll(/\{engine:(\w+)\}/g, (_, engine: string) => (config.isReplicated === true ? `Replicated${engine}` : engine))
    .replaceAll('{on_cluster}', config.cluster === undefined ? '' : `ON CLUSTER '${config.cluster}'`)
}
