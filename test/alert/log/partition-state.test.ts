import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Silence } from '../../../schemas/alert-commands.ts'
import { type AlertChange, alertRecord } from '../../../services/alert/log/alert-record.ts'
import { emptyState, mend, takeRecord } from '../../../services/alert/log/partition-state.ts'

type Entry = ReturnType<typeof alertRecord>

const silence = (comment: string): Silence => ({ id: 'x', matchers: { rule: 'r' }, from_ms: 0, until_ms: 1, author: 'a', comment })
const write = (log: Entry[], change: AlertChange, tenure?: string) => log.push(alertRecord(change, 0, tenure))

function read(log: readonly Entry[]) {
  const state = emptyState()
  for (const { key, value, headers } of log) takeRecord(state, { key, value, headers })
  return state
}

const comments = (log: readonly Entry[]) => Object.fromEntries([...read(log).silence].map(([id, { comment }]) => [id, comment]))

/** What compaction leaves: the last record of each key, in order. */
function compacted(log: readonly Entry[]): Entry[] {
  const last = new Map(log.map((entry, index) => [entry.key, index]))
  return log.filter((entry, index) => last.get(entry.key) === index && !entry.isTombstone)
}

/** What happens to a partition: somebody takes over, the owner writes, one of the former owners writes late, the log is compacted. */
const happening = fc.oneof(
  { weight: 2, arbitrary: fc.constant({ does: 'takes over' as const }) },
  { weight: 5, arbitrary: fc.record({ does: fc.constant('writes' as const), key: fc.constantFrom('a', 'b', 'c'), isGone: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('writes late' as const), key: fc.constantFrom('a', 'b', 'c'), former: fc.nat() }) },
  { weight: 1, arbitrary: fc.constant({ does: 'compacts' as const }) },
)

test('whoever takes over, writes too late or compacts, what counts stays what the owners wrote', () => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 200 }), happenings => {
      let log: Entry[] = []
      const tenures: string[] = []
      const truth = new Map<string, string>()
      const takesOver = () => {
        const tenure = `tenure-${tenures.length}`
        tenures.push(tenure)
        write(log, { kind: 'tenure', id: tenure, value: { at_ms: 0 } })
        for (const change of mend(read(log))) write(log, change, tenure)
      }
      takesOver()
      for (const [index, one] of happenings.entries()) {
        const owner = tenures.at(-1) as string
        if (one.does === 'takes over') takesOver()
        if (one.does === 'writes') {
          const value = one.isGone ? undefined : silence(`${owner} ${index}`)
          if (value) truth.set(one.key, value.comment)
          else truth.delete(one.key)
          write(log, { kind: 'silence', id: one.key, value }, owner)
        }
        if (one.does === 'writes late' && tenures.length > 1) {
          const former = tenures[one.former % (tenures.length - 1)] as string
          write(log, { kind: 'silence', id: one.key, value: silence('too late') }, former)
          // The owner reads it and writes what counts again, before compaction comes by.
          for (const change of mend(read(log))) write(log, change, owner)
        }
        if (one.does === 'compacts') log = compacted(log)
        assert.deepEqual(comments(log), Object.fromEntries(truth))
      }
      assert.deepEqual(comments(compacted(log)), Object.fromEntries(truth))
      assert.ok(read(compacted(log)).tenures.size <= 51, 'former tenures are let go')
    }),
  )
})
