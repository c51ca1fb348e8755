import { hash } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import { AppError } from '../errors.ts'
import type { NewRecord, TopicSpec } from './port.ts'

/** Topics and their partitions' ids in the file. */
export interface TopicStore {
  /** Adds what is missing; must run inside a transaction. */
  create(spec: TopicSpec): void
  /** Id of a partition. Throws EVENT_LOG_UNAVAILABLE when it does not exist (yet). */
  idOf(topic: string, partition: number): number
  /** The records by the id of the partition that each goes to: the one it names, the one of its key, or the next in turn. */
  spread(topic: string, records: readonly NewRecord[]): Map<number, NewRecord[]>
}

/** Builds the store over an open file. */
export function buildTopicStore(db: DatabaseSync): TopicStore {
  const selectIds = db.prepare('SELECT id FROM partitions WHERE topic = ? ORDER BY partition')
  const addTopic = db.prepare(`
    INSERT INTO topics (name, retention_ms, is_compacted) VALUES (?, ?, ?)
    ON CONFLICT DO UPDATE SET is_compacted = max(is_compacted, excluded.is_compacted)`)
  const addPartition = db.prepare('INSERT INTO partitions (topic, partition) VALUES (?, ?) ON CONFLICT DO NOTHING')
  const dataVersion = db.prepare('PRAGMA data_version')
  const knownIds = new Map<string, readonly number[]>()
  let knownVersion: unknown
  let turn = 0

  function create(spec: TopicSpec): void {
    addTopic.run(spec.name, spec.retentionMs, spec.isCompacted ? 1 : 0)
    for (let partition = 0; partition < spec.partitions; partition += 1) addPartition.run(spec.name, partition)
    knownIds.delete(spec.name)
  }

  function idsOf(topic: string): readonly number[] {
    const known = knownIds.get(topic)
    if (known) return known
    const ids = selectIds.all(topic).map(row => Number(row['id']))
    if (ids.length === 0) {
      throw new AppError('EVENT_LOG_UNAVAILABLE', `Topic ${topic} does not exist in the event log. Run the migration that creates it.`)
    }
    knownIds.set(topic, ids)
    return ids
  }

  function idOf(topic: string, partition: number): number {
    if (idsOf(topic)[partition] === undefined) knownIds.delete(topic)
    const id = idsOf(topic)[partition]
    if (id !== undefined) return id
    throw new AppError('EVENT_LOG_UNAVAILABLE', `Topic ${topic} has no partition ${partition}.`)
  }

  /** Another process may have added partitions: all writers must spread keys over the same number of them. */
  function forgetIfChanged(): void {
    const version = dataVersion.get()?.['data_version']
    if (version !== knownVersion) knownIds.clear()
    knownVersion = version
  }

  function partitionOf(topic: string, record: NewRecord): number {
    if (record.partition !== undefined) return record.partition
    const count = idsOf(topic).length
    turn = (turn + 1) % Number.MAX_SAFE_INTEGER
    return (record.key === undefined ? turn : hash('sha1', record.key, 'buffer').readUInt32LE(0)) % count
  }

  function spread(topic: string, records: readonly NewRecord[]): Map<number, NewRecord[]> {
    forgetIfChanged()
    return Map.groupBy(records, record => idOf(topic, partitionOf(topic, record)))
  }

  return { create, idOf, spread }
}
