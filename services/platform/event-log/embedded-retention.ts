import type { DatabaseSync } from 'node:sqlite'
import type { Now } from '../clock.ts'
import { buildCompaction } from './embedded-compaction.ts'
import { OFFSETS_PER_PARTITION } from './embedded-database.ts'
import type { WriteQueue } from './embedded-write-queue.ts'

/** Records that one step looks at per partition: bounds the length of its transaction. */
const STEP_RECORDS = 500
/** Pause between two steps while there is more to delete, in milliseconds: appends go in between. */
const STEP_PAUSE_MS = 20

/**
 * Deletes records that outlived their topic's retention, the oldest first, and those of compacted topics that later ones replaced, in small
 * steps every `intervalMs`, until disposed of.
 * A failed step is tried again at the next interval.
 */
export function openRetention(intervalMs: number, deps: { db: DatabaseSync; queue: WriteQueue; now: Now }): Disposable {
  const deletion = buildDeletion(deps.db)
  const compaction = buildCompaction(deps.db)
  let timer = schedule(intervalMs)
  let isClosed = false

  function schedule(waitMs: number): NodeJS.Timeout {
    return setTimeout(() => void step(), waitMs).unref()
  }

  async function step(): Promise<void> {
    let hasMore = false
    try {
      // The look only reads: while nothing has expired, no process disturbs the others by writing.
      hasMore = deletion.hasExpired(deps.now()) && (await deps.queue.run(() => deletion.deleteSome(deps.now())))
      const superseded = compaction.findSome(deps.now())
      if (superseded.length > 0) await deps.queue.run(() => compaction.remove(superseded))
      hasMore ||= superseded.length > 0
    } catch {
      hasMore = false
    }
    if (!isClosed) timer = schedule(hasMore ? STEP_PAUSE_MS : intervalMs)
  }

  function dispose(): void {
    isClosed = true
    clearTimeout(timer)
  }

  return { [Symbol.dispose]: dispose }
}

function buildDeletion(db: DatabaseSync) {
  const selectOldest = db.prepare(`
    SELECT p.id, p.first_offset, p.end_offset, t.retention_ms, r.timestamp_ms AS oldest_ms
    FROM partitions p JOIN topics t ON t.name = p.topic JOIN records r ON r.id = p.id * ? + p.first_offset
    WHERE t.is_compacted = 0 AND p.end_offset > p.first_offset`)
  const selectFirstKept = db.prepare('SELECT min(id) AS id FROM records WHERE id >= ? AND id < ? AND timestamp_ms >= ?')
  const deleteRange = db.prepare('DELETE FROM records WHERE id >= ? AND id < ?')
  const moveFirst = db.prepare('UPDATE partitions SET first_offset = ? WHERE id = ?')

  function expired(nowMs: number): Record<string, unknown>[] {
    return selectOldest.all(OFFSETS_PER_PARTITION).filter(row => Number(row['oldest_ms']) < nowMs - Number(row['retention_ms']))
  }

  /** Deletes one step of every partition that has expired records; tells whether there is more to delete. */
  function deleteSome(nowMs: number): boolean {
    for (const row of expired(nowMs)) {
      const partitionId = Number(row['id'])
      const base = partitionId * OFFSETS_PER_PARTITION
      const from = base + Number(row['first_offset'])
      const until = Math.min(from + STEP_RECORDS, base + Number(row['end_offset']))
      // Only what lies before the first kept record goes, whatever the clock did meanwhile: a partition never has holes.
      const kept = selectFirstKept.get(from, until, nowMs - Number(row['retention_ms']))?.['id']
      const newFirst = typeof kept === 'number' ? kept : until
      deleteRange.run(from, newFirst)
      moveFirst.run(newFirst - base, partitionId)
    }
    return expired(nowMs).length > 0
  }

  return { deleteSome, hasExpired: (nowMs: number) => expired(nowMs).length > 0 }
}
