import { randomUUID } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import { AppError } from '../errors.ts'

/** How long a member counts as alive after its last sign of life, in milliseconds. */
export const LEASE_MS = 3_000

/** A partition of a topic. */
export interface TopicPartition {
  topic: string
  partition: number
}

/**
 * The groups' members, what each owns, and how far each group has read. Every function must run inside a transaction of the write queue.
 */
export interface MemberStore {
  /** Adds a member and returns its id, which is used once and never again: it fences commits. */
  join(group: string, topics: readonly string[]): string
  /**
   * Renews the member's lease, drops members whose lease ran out, gives up what others should own and claims what is free and due to it.
   * `onGiveUp` hears of each partition before the transaction ends, so before anyone else can claim it. Returns what the member owns
   * afterwards, or undefined when its own lease ran out and others dropped it: it must join anew.
   */
  reconcile(group: string, memberId: string, onGiveUp: (at: TopicPartition) => void): TopicPartition[] | undefined
  /** Removes the member and frees its partitions. */
  leave(group: string, memberId: string): void
  /**
   * Stores the group's position unless it is already further. Throws EVENT_LOG_NOT_OWNER unless the member owns the
   * partition in this very transaction.
   */
  commit(group: string, memberId: string, at: TopicPartition, nextOffset: number): void
  /** Changes whenever members or ownership of the group change. Reads only, needs no transaction. */
  generation(group: string): number
}

/** Builds the store over an open file. */
export function buildMemberStore(db: DatabaseSync, now: () => number): MemberStore {
  const statements = prepare(db)

  function join(group: string, topics: readonly string[]): string {
    const id = randomUUID()
    statements.addMember.run(id, group, JSON.stringify(topics), now() + LEASE_MS)
    statements.nextGeneration.run(group)
    return id
  }

  function reconcile(group: string, memberId: string, onGiveUp: (at: TopicPartition) => void): TopicPartition[] | undefined {
    const nowMs = now()
    if (statements.renew.run(nowMs + LEASE_MS, memberId).changes === 0) return undefined
    let isChanged = Number(statements.dropDead.run(group, nowMs).changes) > 0
    statements.freeOrphans.run(group)
    const due = dueTo(memberId, membersOf(group), topic => statements.partitions.all(topic).map(row => Number(row['partition'])))
    const owners = ownersOf(group)
    const owned: TopicPartition[] = []
    for (const [key, owner] of owners) {
      if (owner.memberId !== memberId || due.has(key)) continue
      onGiveUp({ topic: owner.topic, partition: owner.partition })
      statements.free.run(group, owner.topic, owner.partition)
      isChanged = true
    }
    for (const [key, at] of due) {
      const owner = owners.get(key)
      if (owner && owner.memberId !== memberId) continue
      if (!owner) {
        statements.claim.run(group, at.topic, at.partition, memberId)
        isChanged = true
      }
      owned.push(at)
    }
    if (isChanged) statements.nextGeneration.run(group)
    return owned
  }

  function membersOf(group: string): Member[] {
    return statements.members.all(group).map(row => ({ id: String(row['id']), topics: JSON.parse(String(row['topics'])) }))
  }

  function ownersOf(group: string): Map<string, TopicPartition & { memberId: string }> {
    const rows = statements.owners.all(group)
    const owners = rows.map(row => ({
      topic: String(row['topic']),
      partition: Number(row['partition']),
      memberId: String(row['member_id']),
    }))
    return new Map(owners.map(owner => [partitionKey(owner), owner]))
  }

  function leave(group: string, memberId: string): void {
    statements.dropMember.run(memberId)
    statements.freeOrphans.run(group)
    statements.nextGeneration.run(group)
  }

  function commit(group: string, memberId: string, at: TopicPartition, nextOffset: number): void {
    if (!statements.isOwner.get(group, at.topic, at.partition, memberId)) {
      throw new AppError('EVENT_LOG_NOT_OWNER', `Partition ${at.partition} of ${at.topic} belongs to another member of ${group} now.`)
    }
    statements.commit.run(group, at.topic, at.partition, nextOffset)
  }

  return { join, reconcile, leave, commit, generation: group => Number(statements.generation.get(group)?.['generation'] ?? 0) }
}

/** A name for the partition that is unique: topic names hold no `/`. */
export function partitionKey(at: TopicPartition): string {
  return `${at.topic}/${at.partition}`
}

interface Member {
  id: string
  topics: readonly string[]
}

/**
 * The partitions that `memberId` should own: each topic's partitions dealt in turn to the members that read it, in the order they joined.
 * The deal goes on from topic to topic, so that topics with one partition do not all fall to the first member.
 */
function dueTo(
  memberId: string,
  members: readonly Member[],
  partitionsOf: (topic: string) => readonly number[],
): Map<string, TopicPartition> {
  const topics = [...new Set(members.flatMap(member => member.topics))].sort()
  const due = new Map<string, TopicPartition>()
  let turn = 0
  for (const topic of topics) {
    const readers = members.filter(member => member.topics.includes(topic))
    for (const partition of partitionsOf(topic)) {
      const at = { topic, partition }
      if (readers[turn % readers.length]?.id === memberId) due.set(partitionKey(at), at)
      turn += 1
    }
  }
  return due
}

function prepare(db: DatabaseSync) {
  return {
    addMember: db.prepare('INSERT INTO members (id, group_name, topics, expires_at_ms) VALUES (?, ?, ?, ?)'),
    renew: db.prepare('UPDATE members SET expires_at_ms = ? WHERE id = ?'),
    dropDead: db.prepare('DELETE FROM members WHERE group_name = ? AND expires_at_ms < ?'),
    dropMember: db.prepare('DELETE FROM members WHERE id = ?'),
    members: db.prepare('SELECT id, topics FROM members WHERE group_name = ? ORDER BY joined'),
    partitions: db.prepare('SELECT partition FROM partitions WHERE topic = ? ORDER BY partition'),
    owners: db.prepare('SELECT topic, partition, member_id FROM owners WHERE group_name = ?'),
    freeOrphans: db.prepare('DELETE FROM owners WHERE group_name = ? AND member_id NOT IN (SELECT id FROM members)'),
    free: db.prepare('DELETE FROM owners WHERE group_name = ? AND topic = ? AND partition = ?'),
    claim: db.prepare('INSERT INTO owners (group_name, topic, partition, member_id) VALUES (?, ?, ?, ?)'),
    isOwner: db.prepare('SELECT 1 FROM owners WHERE group_name = ? AND topic = ? AND partition = ? AND member_id = ?'),
    commit: db.prepare(`
      INSERT INTO committed (group_name, topic, partition, next_offset) VALUES (?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET next_offset = max(next_offset, excluded.next_offset)`),
    generation: db.prepare('SELECT generation FROM consumer_groups WHERE name = ?'),
    nextGeneration: db.prepare(`
      INSERT INTO consumer_groups (name, generation) VALUES (?, 1) ON CONFLICT DO UPDATE SET generation = generation + 1`),
  }
}
