import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Now } from '../clock.ts'
import type { Settings } from '../env.ts'
import { lockFolder } from '../folder-lock.ts'
import { type ClickHouse, openClickHouse } from './client.ts'
import { type EmbeddedClickHouseLogger, openEmbeddedClickHouse } from './embedded.ts'
import { applyMigrations, readMigrations } from './migrations.ts'
import { findRunning } from './running.ts'

/** ClickHouse as a command reaches it. */
export interface ToolClickHouse extends ClickHouse {
  /** Folder of the data: the settings', or `demo` in it. */
  readonly dataDir: string
  /** Brokers of the running standalone's Kafka; empty: what the settings say. */
  readonly brokers: readonly string[]
  /** Where it is, in words: for a note to whoever runs the command. */
  readonly place: string
}

/** Folder in the data folder where the demo keeps its own. */
export const DEMO_FOLDER = 'demo'

/**
 * ClickHouse for a command that ends: the server of CLICKHOUSE_URL, else the embedded one of the standalone or demo that runs in the
 * data folder, else an embedded one started on that folder (the demo's, where there is no other) and stopped when disposed. The last
 * one gets the migrations it lacks. Rejects with CLICKHOUSE_NOT_INSTALLED, CLICKHOUSE_UNAVAILABLE, DATA_FOLDER_TAKEN (also by another
 * command that does the same) and MIGRATION_CHANGED.
 */
export async function openToolClickHouse(
  settings: Pick<Settings, 'clickhouse' | 'log'>,
  deps: { searchPath: string; logger: EmbeddedClickHouseLogger; now: Now },
): Promise<ToolClickHouse> {
  const { url, user, password, database, isReplicated } = settings.clickhouse
  const { dataDir } = settings.log
  if (url !== undefined) {
    const configured = openClickHouse({ url, username: user, password, database, isReplicated })
    return { ...configured, dataDir, brokers: [], place: `the server at ${url}` }
  }
  const folders = [dataDir, join(dataDir, DEMO_FOLDER)]
  for (const folder of folders) {
    const running = await findRunning(folder)
    if (running === undefined) continue
    const { clickhouse_url, clickhouse_user: username, clickhouse_password } = running
    const server = openClickHouse({ url: clickhouse_url, username, password: clickhouse_password, database })
    return { ...server, dataDir: folder, brokers: running.brokers, place: `what runs in ${folder}` }
  }
  const folder = folders.find(one => existsSync(clickHouseFolder(one))) ?? dataDir
  await using started = new AsyncDisposableStack()
  started.use(lockFolder(folder, { what: 'a command of weir' }, deps))
  const server = started.use(await openEmbeddedClickHouse({ directory: clickHouseFolder(folder), searchPath: deps.searchPath }, deps))
  const clickhouse = started.use(openClickHouse({ url: server.url, ...server.owner, database }))
  await applyMigrations({ migrations: readMigrations(), isReplicated }, { clickhouse })
  const running = started.move()
  const place = `the data in ${folder}, with a ClickHouse for this command alone`
  return { ...clickhouse, dataDir: folder, brokers: [], place, [Symbol.asyncDispose]: () => running.disposeAsync() }
}

/** Folder of the embedded server's data. */
export function clickHouseFolder(dataDir: string): string {
  return join(dataDir, 'clickhouse')
}
