import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { AppError } from '../errors.ts'
import type { ClickHouse } from './client.ts'

/** A file of schemas/clickhouse: its name, its statements in order, and the SHA-256 of its text. */
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

/** All migrations, ordered by name. */
export function readMigrations(from: URL = folder): readonly Migration[] {
  return readdirSync(from)
    .filter(name => name.endsWith('.sql'))
    .sort()
    .map(name => {
      const text = readFileSync(new URL(name, from), 'utf8')
      return { name, statements: statementsOf(text), sha256: createHash('sha256').update(text).digest('hex') }
    })
}

/**
 * Applies what is not applied yet, in order, and records it; gives the names applied. A second run does nothing.
 * A statement that was cut off by a crash runs again: every one is written to be harmless when repeated (IF NOT EXISTS).
 * Rejects with MIGRATION_CHANGED, before anything is run, when an applied file has been edited since.
 */
export async function applyMigrations(
  config: { migrations: readonly Migration[]; isReplicated: boolean; cluster?: string },
  deps: { clickhouse: ClickHouse },
): Promise<readonly string[]> {
  const { clickhouse } = deps
  const fill = (sql: string) => fillTemplate(sql, config)
  await clickhouse.command(fill('CREATE DATABASE IF NOT EXISTS {database} {on_cluster}'))
  await clickhouse.command(
    fill(
      "CREATE TABLE IF NOT EXISTS {database}.migrations {on_cluster} (name String, sha256 String, applied_at DateTime64(3, 'UTC') DEFAULT now64(3)) ENGINE = {engine:ReplacingMergeTree} ORDER BY name",
    ),
  )
  const applied = new Map(
    (await clickhouse.query<AppliedMigration>('SELECT name, sha256 FROM {database}.migrations FINAL')).map(row => [row.name, row.sha256]),
  )
  for (const migration of config.migrations) {
    const before = applied.get(migration.name)
    if (before !== undefined && before !== migration.sha256) {
      throw new AppError(
        'MIGRATION_CHANGED',
        `${migration.name} was applied with SHA-256 ${before.slice(0, 12)}… and now is ${migration.sha256.slice(0, 12)}…: undo the edit and add a new migration instead`,
      )
    }
  }
  const missing = config.migrations.filter(migration => !applied.has(migration.name))
  const done: Migration[] = []
  try {
    for (const migration of missing) {
      for (const statement of migration.statements) await clickhouse.command(fill(statement))
      done.push(migration)
    }
  } finally {
    // All at once: a start on a new database waits for each of these writes. One that a crash keeps from being recorded runs again, harmlessly.
    await clickhouse.insert(
      'migrations',
      ['name', 'sha256'],
      done.map(({ name, sha256 }) => [name, sha256]),
    )
  }
  return missing.map(migration => migration.name)
}

function statementsOf(text: string): string[] {
  return text
    .split(/;\s*(?:\n|$)/)
    .map(statement => statement.trim())
    .filter(statement => statement.replace(/^--.*$/gm, '').trim() !== '')
}

function fillTemplate(sql: string, config: { isReplicated: boolean; cluster?: string }): string {
  return sql
    .replaceAll(/\{engine:(\w+)\}/g, (_, engine: string) => (config.isReplicated ? `Replicated${engine}` : engine))
    .replaceAll('{on_cluster}', config.cluster === undefined ? '' : `ON CLUSTER '${config.cluster}'`)
}
