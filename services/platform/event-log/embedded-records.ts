import type { DatabaseSync } from 'node:sqlite'
import { eventLogError, OFFSETS_PER_PARTITION } from './embedded-database.ts'
import type { TopicStore } from './embedded-topics.ts'
import type { LogRecord, NewRecord, PartitionOffsets } from './port.ts'

/** Records of one batch at most, whatever their size: bounds the memory that tiny records take beside their values. */
const MAX_BATCH_RECORDS = 20_000

/** Records as read, with the partition's bounds just after. */
export interface ReadResult {
  records: LogRecord[]
  first: number
  end: number
  /** Whether the budget ended the batch: more can be read at once. */
  isFull: boolean
}

/** Records in the file. What reads throws EVENT_LOG_UNAVAILABLE when the file cannot be read. */
export interface RecordStore {
  /** Writes the records at the ends of their partitions; must run inside a transaction. */
  append(topic: string, records: readonly NewRecord[]): void
  /** Reads from an offset on, up to `maxBytes` of values but at least one record where there is one. */
  read(topic: string, partition: number, fromOffset: number, maxBytes: number): ReadResult
  /** The offset that the partition's next record will get. */
  endOffset(topic: string, partition: number): number
  /** Whether the topic is compacted: its offsets may have holes. */
  isCompacted(topic: string): boolean
  /** Offsets of all partitions, in order; none for a topic that does not exist. */
  offsets(topic: string, group?: string): PartitionOffsets[]
}

/** Builds the store over an open file. `now` gives the timestamps of records. */
export function buildRecordStore(db: DatabaseSync, topics: TopicStore, now: () => number): RecordStore {
  const statements = prepare(db)

  function append(topic: string, records: readonly NewRecord[]): void {
    const timestampMs = now()
    for (const [partitionId, group] of topics.spread(topic, records)) {
      const end = Number(statements.advanceEnd.get(group.length, partitionId)?.['end_offset'])
      let id = partitionId * OFFSETS_PER_PARTITION + end - group.length
      for (const record of group) {
        statements.insert.run(
          id,
          timestampMs,
          record.key ?? null,
          headersText(record.headers),
          record.isTombstone ? NO_BYTES : record.value,
        )
        id += 1
      }
    }
  }

  function read(topic: string, partition: number, fromOffset: number, maxBytes: number): ReadResult {
    const partitionId = topics.idOf(topic, partition)
    const base = partitionId * OFFSETS_PER_PARTITION
    const records: LogRecord[] = []
    let bytes = 0
    let isFull = false
    for (const row of statements.records.iterate(base + fromOffset, base + OFFSETS_PER_PARTITION, MAX_BATCH_RECORDS)) {
      const value = row['value'] as Uint8Array
      isFull = records.length > 0 && bytes + value.byteLength > maxBytes
      if (isFull) break
      bytes += value.byteLength
      records.push(recordFrom(row, topic, partition, base))
    }
    const bounds = statements.bounds.get(partitionId)
    isFull ||= records.length === MAX_BATCH_RECORDS
    return { records, first: Number(bounds?.['first_offset']), end: Number(bounds?.['end_offset']), isFull }
  }

  function endOffset(topic: string, partition: number): number {
    return Number(statements.bounds.get(topics.idOf(topic, partition))?.['end_offset'])
  }

  function offsets(topic: string, group?: string): PartitionOffsets[] {
    return statements.offsets.all(group ?? null, topic).map(row => ({
      partition: Number(row['partition']),
      first: Number(row['first_offset']),
      end: Number(row['end_offset']),
      committed: row['next_offset'] === null ? undefined : Number(row['next_offset']),
    }))
  }

  return {
    append,
    read: (...args) => unlessFailed(() => read(...args)),
    endOffset: (...args) => unlessFailed(() => endOffset(...args)),
    isCompacted: topic => unlessFailed(() => Number(statements.isCompacted.get(topic)?.['is_compacted'] ?? 0) === 1),
    offsets: (...args) => unlessFailed(() => offsets(...args)),
  }
}

const NO_BYTES = new Uint8Array(0)

function unlessFailed<T>(read: () => T): T {
  try {
    return read()
  } catch (thrown) {
    throw eventLogError(thrown)
  }
}

function headersText(headers: NewRecord['headers']): string | null {
  const text = JSON.stringify(headers ?? {})
  return text === '{}' ? null : text
}

const NO_HEADERS: Readonly<Record<string, string>> = {}

function recordFrom(row: Record<string, unknown>, topic: string, partition: number, base: number): LogRecord {
  return {
    topic,
    partition,
    offset: Number(row['id']) - base,
    timestampMs: Number(row['timestamp_ms']),
    key: row['key'] === null ? undefined : String(row['key']),
    value: row['value'] as Uint8Array,
    headers: row['headers'] === null ? NO_HEADERS : JSON.parse(String(row['headers'])),
  }
}

function prepare(db: DatabaseSync) {
  return {
    advanceEnd: db.prepare('UPDATE partitions SET end_offset = end_offset + ? WHERE id = ? RETURNING end_offset'),
    insert: db.prepare('INSERT INTO records (id, timestamp_ms, key, headers, value) VALUES (?, ?, ?, ?, ?)'),
    records: db.prepare('SELECT id, timestamp_ms, key, headers, value FROM records WHERE id >= ? AND id < ? ORDER BY id LIMIT ?'),
    isCompacted: db.prepare('SELECT is_compacted FROM topics WHERE name = ?'),
    bounds: db.prepare('SELECT first_offset, end_offset FROM partitions WHERE id = ?'),
    offsets: db.prepare(`
      SELECT p.partition, p.first_offset, p.end_offset, c.next_offset
      FROM partitions p LEFT JOIN committed c ON c.group_name = ? AND c.topic = p.topic AND c.partition = p.partition
      WHERE p.topic = ? ORDER BY p.partition`),
  }
}
