import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { AppError, messageOf } from '../errors.ts'

/** Name of the one file (with its `-wal` and `-shm` companions) in the data directory. */
const FILE_NAME = 'event-log.db'
/** Version of the tables below, kept in the file's `user_version`. */
const SCHEMA_VERSION = 2
/** How long opening waits for another process that sets up the file in the same moment, in milliseconds. */
const OPEN_TIMEOUT_MS = 10_000
/** How long a read waits, in milliseconds: only while another process recovers the file after a crash, writers do not hold up readers. */
const READ_TIMEOUT_MS = 2_000
/**
 * How long a transaction waits for another process's, in milliseconds. Short, because the wait blocks the event
 * loop; the write queue tries again.
 */
const WRITE_TIMEOUT_MS = 10
/** SQLite's result codes for "another connection holds the lock" (sqlite.org/rescode.html). */
const SQLITE_BUSY = 5
const SQLITE_LOCKED = 6

/** `records.id` is partition id × this + offset: one integer key that orders each partition's records and stays below 2^53. */
export const OFFSETS_PER_PARTITION = 2 ** 40

/**
 * `consumer_groups.generation` goes up whenever members or ownership change: members compare it to know that they must look again.
 */
const schema = `
  CREATE TABLE IF NOT EXISTS log (epoch TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS topics (name TEXT PRIMARY KEY, retention_ms INTEGER NOT NULL, is_compacted INTEGER NOT NULL DEFAULT 0);
  CREATE TABLE IF NOT EXISTS partitions (
    id INTEGER PRIMARY KEY, topic TEXT NOT NULL, partition INTEGER NOT NULL,
    first_offset INTEGER NOT NULL DEFAULT 0, end_offset INTEGER NOT NULL DEFAULT 0, UNIQUE (topic, partition));
  CREATE TABLE IF NOT EXISTS records (
    id INTEGER PRIMARY KEY, timestamp_ms INTEGER NOT NULL, key TEXT, headers TEXT, value BLOB NOT NULL);
  CREATE TABLE IF NOT EXISTS consumer_groups (name TEXT PRIMARY KEY, generation INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS members (
    joined INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, group_name TEXT NOT NULL, topics TEXT NOT NULL, expires_at_ms INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS owners (
    group_name TEXT, topic TEXT, partition INTEGER, member_id TEXT NOT NULL, PRIMARY KEY (group_name, topic, partition)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS committed (
    group_name TEXT, topic TEXT, partition INTEGER, next_offset INTEGER NOT NULL, PRIMARY KEY (group_name, topic, partition)) WITHOUT ROWID;
`

/** Whether SQLite refused because another process writes at this moment. */
export function isBusy(thrown: unknown): boolean {
  const code = thrown instanceof Error && 'errcode' in thrown ? Number(thrown.errcode) & 0xff : 0
  return code === SQLITE_BUSY || code === SQLITE_LOCKED
}

/** An AppError as it is; anything that SQLite threw as EVENT_LOG_UNAVAILABLE. */
export function eventLogError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown
  return new AppError('EVENT_LOG_UNAVAILABLE', `The embedded event log failed: ${messageOf(thrown)}`, { cause: thrown })
}

/** As `inTransaction`, but gives up soon while another process writes: see `isBusy`. */
export function inTransactionUnlessBusy<T>(db: DatabaseSync, work: () => T): T {
  db.exec(`PRAGMA busy_timeout = ${WRITE_TIMEOUT_MS}`)
  try {
    return inTransaction(db, work)
  } finally {
    db.exec(`PRAGMA busy_timeout = ${READ_TIMEOUT_MS}`)
  }
}

/** Runs `work` between BEGIN IMMEDIATE and COMMIT; whatever it throws rolls back. */
function inTransaction<T>(db: DatabaseSync, work: () => T): T {
  db.exec('BEGIN IMMEDIATE')
  try {
    const result = work()
    db.exec('COMMIT')
    return result
  } catch (thrown) {
    if (db.isTransaction) db.exec('ROLLBACK')
    throw thrown
  }
}

/**
 * Opens the file in `directory`, making both where missing, ready for several processes: write-ahead log, every commit synced to disk.
 * Throws EVENT_LOG_UNAVAILABLE.
 */
export function openEventLogDatabase(directory: string): { db: DatabaseSync; epoch: string } {
  try {
    mkdirSync(directory, { recursive: true })
    const db = new DatabaseSync(join(directory, FILE_NAME), { timeout: OPEN_TIMEOUT_MS })
    db.exec('PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864')
    const epoch = inTransaction(db, () => migrated(db))
    db.exec(`PRAGMA busy_timeout = ${READ_TIMEOUT_MS}`)
    return { db, epoch }
  } catch (thrown) {
    throw eventLogError(thrown)
  }
}

function migrated(db: DatabaseSync): string {
  const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version'])
  if (version > SCHEMA_VERSION) {
    throw new AppError(
      'EVENT_LOG_UNAVAILABLE',
      `The event log file has layout ${version}, this release reads up to ${SCHEMA_VERSION}. Update Weir.`,
    )
  }
  if (version === 1) db.exec('ALTER TABLE topics ADD COLUMN is_compacted INTEGER NOT NULL DEFAULT 0')
  db.exec(schema)
  db.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`)
  const row = db.prepare('SELECT epoch FROM log').get()
  if (row) return String(row['epoch'])
  const epoch = randomUUID()
  db.prepare('INSERT INTO log (epoch) VALUES (?)').run(epoch)
  return epoch
}
