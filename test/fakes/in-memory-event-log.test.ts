import { describe } from 'node:test'
import { testRetention } from '../platform/event-log/conformance-faults.ts'
import { testGroups, testHandlers } from '../platform/event-log/conformance-groups.ts'
import { testRecords, testTopics } from '../platform/event-log/conformance-records.ts'
import type { Harness } from '../platform/event-log/harness.ts'
import { buildInMemoryEventLog } from './in-memory-event-log.ts'

describe('event log in memory', () => {
  // All of the conformance suite but the crashes: this log dies with its process, which is what makes it a fake.
  const log = buildInMemoryEventLog()
  const harness: Harness = {
    log,
    open: async () => ({ ...log, [Symbol.asyncDispose]: async () => {} }),
    childLog: undefined as never,
    setCommitted: async (group, topic, partition, offset) => log.setCommitted(group, topic, partition, offset),
  }
  testRecords(() => harness)
  testTopics(() => harness)
  testGroups(() => harness)
  testHandlers(() => harness)
  testRetention(() => harness)
})
