import type { DatabaseSync } from 'node:sqlite'
import { DAY, MINUTE } from '../clock.ts'
import { OFFSETS_PER_PARTITION } from './embedded-database.ts'

/** Records removed at a time: bounds the length of the transaction. */
const STEP_RECORDS = 500
/** How long a replaced record stays, ms: a reader that is a little behind sees every change. */
const LAG_MS = MINUTE
/** How long a key without a value stays, ms, so that readers hear of its end (Kafka's delete.retention.ms has the same default). */
const TOMBSTONE_MS = DAY
/** New records from which a partition is looked through again. */
const LEAST_NEW = 100

/** Compaction of the topics that ask for it. */
export interface Compaction {
  /** Ids of some records that go now; none: nothing is due. Reads only. */
  findSome(nowMs: number): readonly number[]
  /** Removes them; must run inside a transaction. */
  remove(ids: readonly number[]): void
}

/** Builds the compaction over an open file. */
export function buildCompaction(db: DatabaseSync): Compaction {
  const partitions = db.prepare(`
    SELECT p.id, p.end_offset FROM partitions p JOIN topics t ON t.name = p.topic WHERE t.is_compacted = 1`)
  const superseded = db.prepare(`
    SELECT r.id FROM records r
    JOIN (SELECT key, max(id) AS last_id FROM records WHERE id >= ? AND id < ? AND key IS NOT NULL GROUP BY key) l ON l.key = r.key
    WHERE r.id >= ? AND r.id < ?
      AND ((r.id < l.last_id AND r.timestamp_ms < ?) OR (r.id = l.last_id AND length(r.value) = 0 AND r.timestamp_ms < ?))
    ORDER BY r.id LIMIT ?`)
  const deleteOne = db.prepare('DELETE FROM records WHERE id = ?')
  const moveFirst = db.prepare(`
    UPDATE partitions SET first_offset = coalesce((SELECT min(id) FROM records WHERE id >= ? AND id < ?) - ?, end_offset) WHERE id = ?`)
  /** Ends of the partitions when nothing was left to do, with the time of it. */
  const done = new Map<number, { end: number; atMs: number }>()

  function findSome(nowMs: number): readonly number[] {
    for (const row of partitions.all()) {
      const [id, end] = [Number(row['id']), Number(row['end_offset'])]
      const last = done.get(id)
      if (last && end - last.end < LEAST_NEW && nowMs - last.atMs < DAY) continue
      const [from, until] = [id * OFFSETS_PER_PARTITION, (id + 1) * OFFSETS_PER_PARTITION]
      const found = superseded.all(from, until, from, until, nowMs - LAG_MS, nowMs - TOMBSTONE_MS, STEP_RECORDS)
      if (found.length > 0) return found.map(one => Number(one['id']))
      done.set(id, { end, atMs: nowMs })
    }
    return []
  }

  function remove(ids: readonly number[]): void {
    for (const id of ids) deleteOne.run(id)
    for (const partition of new Set(ids.map(id => Math.floor(id / OFFSETS_PER_PARTITION)))) {
      const base = partition * OFFSETS_PER_PARTITION
      moveFirst.run(base, base + OFFSETS_PER_PARTITION, base, partition)
    }
  }

  return { findSome, remove }
}
