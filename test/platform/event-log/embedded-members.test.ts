import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import fc from 'fast-check'
import { openEventLogDatabase } from '../../../services/platform/event-log/embedded-database.ts'
import { buildMemberStore, LEASE_MS, type MemberStore } from '../../../services/platform/event-log/embedded-members.ts'
import { buildTopicStore } from '../../../services/platform/event-log/embedded-topics.ts'
import { temporaryDirectory, withCode } from './harness.ts'

const nothing = () => undefined

function openMembers(topics: Readonly<Record<string, number>>) {
  const folder = temporaryDirectory()
  const { db } = openEventLogDatabase(folder.path)
  const topicStore = buildTopicStore(db)
  for (const [name, partitions] of Object.entries(topics)) topicStore.create({ name, partitions, retentionMs: 1 })
  const clock = { nowMs: 1_000_000 }
  const members = buildMemberStore(db, () => clock.nowMs)
  return {
    members,
    clock,
    db,
    [Symbol.dispose]() {
      db.close()
      folder[Symbol.dispose]()
    },
  }
}

function ownedBy(members: MemberStore, group: string, id: string): string[] | undefined {
  return members
    .reconcile(group, id, nothing)
    ?.map(({ topic, partition }) => `${topic}/${partition}`)
    .sort()
}

test('a silent member keeps its partitions until its lease has run out, then others get them', () => {
  using setup = openMembers({ a: 2 })
  const { members, clock } = setup
  const silent = members.join('g', ['a'])
  assert.deepEqual(ownedBy(members, 'g', silent), ['a/0', 'a/1'])
  const other = members.join('g', ['a'])
  clock.nowMs += LEASE_MS
  assert.deepEqual(ownedBy(members, 'g', other), [])
  clock.nowMs += 1
  assert.deepEqual(ownedBy(members, 'g', other), ['a/0', 'a/1'])
})

test('a member that was dropped cannot commit, and learns that it must join anew', () => {
  using setup = openMembers({ a: 1 })
  const { members, clock } = setup
  const stalled = members.join('g', ['a'])
  assert.deepEqual(ownedBy(members, 'g', stalled), ['a/0'])
  clock.nowMs += LEASE_MS + 1
  const other = members.join('g', ['a'])
  assert.deepEqual(ownedBy(members, 'g', other), ['a/0'])
  assert.throws(() => members.commit('g', stalled, { topic: 'a', partition: 0 }, 5), withCode('EVENT_LOG_NOT_OWNER'))
  assert.equal(members.reconcile('g', stalled, nothing), undefined)
})

test('a lease that ran out unnoticed is renewed when nobody took over', () => {
  using setup = openMembers({ a: 1 })
  const { members, clock } = setup
  const stalled = members.join('g', ['a'])
  ownedBy(members, 'g', stalled)
  clock.nowMs += 10 * LEASE_MS
  assert.deepEqual(ownedBy(members, 'g', stalled), ['a/0'])
  members.commit('g', stalled, { topic: 'a', partition: 0 }, 5)
})

test('a partition is given up before anyone else can claim it', () => {
  using setup = openMembers({ a: 2 })
  const { members } = setup
  const first = members.join('g', ['a'])
  ownedBy(members, 'g', first)
  const second = members.join('g', ['a'])
  assert.deepEqual(ownedBy(members, 'g', second), [])
  const givenUp: number[] = []
  members.reconcile('g', first, ({ partition }) => givenUp.push(partition))
  assert.deepEqual(givenUp, [1])
  assert.deepEqual(ownedBy(members, 'g', second), ['a/1'])
})

test('groups do not see each other', () => {
  using setup = openMembers({ a: 1 })
  const { members } = setup
  const one = members.join('one', ['a'])
  const two = members.join('two', ['a'])
  assert.deepEqual(ownedBy(members, 'one', one), ['a/0'])
  assert.deepEqual(ownedBy(members, 'two', two), ['a/0'])
})

test('whoever joins and leaves, every partition ends with one owner that reads its topic, and shares differ by one at most', () => {
  const memberTopics = fc.constantFrom<string[]>(['a'], ['b'], ['a', 'b'])
  const steps = fc.array(fc.oneof(fc.record({ join: memberTopics }), fc.record({ leave: fc.nat() })), { minLength: 1, maxLength: 12 })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }), steps, (partitionsOfA, partitionsOfB, schedule) => {
      using setup = openMembers({ a: partitionsOfA, b: partitionsOfB })
      const { members } = setup
      const alive: { id: string; topics: readonly string[] }[] = []
      for (const step of schedule) {
        if ('join' in step) alive.push({ id: members.join('g', step.join), topics: step.join })
        else for (const gone of alive.splice(alive.length === 0 ? 0 : step.leave % alive.length, 1)) members.leave('g', gone.id)
        for (const { id } of alive) members.reconcile('g', id, nothing)
      }
      for (const { id } of alive) members.reconcile('g', id, nothing)
      const shares = alive.map(({ id, topics }) => ({ topics, owned: ownedBy(members, 'g', id) ?? [] }))
      const expected = [
        ...Array.from({ length: partitionsOfA }, (_, index) => `a/${index}`),
        ...Array.from({ length: partitionsOfB }, (_, index) => `b/${index}`),
      ].filter(name => alive.some(({ topics }) => topics.includes(name.slice(0, 1))))
      assert.deepEqual(shares.flatMap(({ owned }) => owned).sort(), expected.sort())
      for (const { topics, owned } of shares) assert.ok(owned.every(name => topics.includes(name.slice(0, 1))))
      for (const topic of ['a', 'b']) {
        const sizes = shares
          .filter(({ topics }) => topics.includes(topic))
          .map(({ owned }) => owned.filter(name => name.startsWith(topic)).length)
        if (sizes.length > 0) assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1, `${topic}: ${sizes}`)
      }
    }),
    { numRuns: 30 },
  )
})

test('a file of a newer release is refused', () => {
  using folder = temporaryDirectory()
  openEventLogDatabase(folder.path).db.close()
  using db = new DatabaseSync(`${folder.path}/event-log.db`)
  db.exec('PRAGMA user_version = 99')
  assert.throws(() => openEventLogDatabase(folder.path), withCode('EVENT_LOG_UNAVAILABLE'))
})
