import { testCompaction } from './conformance-compaction.ts'
import { testCrashes, testRetention } from './conformance-faults.ts'
import { testGroups, testHandlers } from './conformance-groups.ts'
import { testRecords, testTopics } from './conformance-records.ts'
import type { Harness } from './harness.ts'

/** Registers the tests that every adapter of the event log must pass. `harness` is called when they run. */
export function testConformance(harness: () => Harness): void {
  testRecords(harness)
  testTopics(harness)
  testGroups(harness)
  testHandlers(harness)
  testRetention(harness)
  testCompaction(harness)
  testCrashes(harness)
}
