import type { AlertChange } from '../log/alert-record.ts'
import type { PartitionState } from '../log/partition-state.ts'
import type { Notification } from '../notification.ts'
import { outboxMessage } from './outbox-message.ts'

/** Tests are answered in this partition: every partition hears of them. */
const TEST_PARTITION = 0

/** Changes that put the tests that people asked for into the outbox. */
export function answerTests(partition: number, { test }: Pick<PartitionState, 'test'>, nowMs: number): AlertChange[] {
  return [...test].flatMap(([id, { receiver, author }]): AlertChange[] => {
    const message = outboxMessage(testMessage(id, author, nowMs), [receiver], { afterMs: null, to: [] })
    const asked: AlertChange = { kind: 'test', id, value: undefined }
    return partition === TEST_PARTITION ? [{ kind: 'message', id: message.notification.id, value: message }, asked] : [asked]
  })
}

/** A message that says that it is a test, in all its words. */
export function testMessage(id: string, author: string, nowMs: number): Notification {
  const summary = `TEST: nothing is wrong. ${author} tries whether this receiver hears Weir.`
  return {
    id: `test-${id}`,
    reason: 'test',
    status: 'firing',
    severity: 'info',
    group_key: `test-${id}`,
    group_labels: {},
    title: `[TEST] Weir reaches you. Asked for by ${author}`.slice(0, 150),
    alerts: [
      {
        fingerprint: '0000000000000000',
        rule: 'test',
        status: 'firing',
        severity: 'info',
        labels: { severity: 'info', owner: 'platform' },
        summary,
        description: 'This is what a message looks like. There is nothing to do.',
        runbook_url: null,
        value: null,
        threshold: null,
        sample: 0,
        facts: {},
        since_ms: nowMs,
        until_ms: null,
      },
    ],
    alerts_total: 1,
    links: [],
    since_ms: nowMs,
    decided_at_ms: nowMs,
    settled_until_ms: null,
    trend: [],
  }
}
