import assert from 'node:assert/strict'
import { test } from 'node:test'
import { commitOffset } from '../../../services/platform/event-log/kafka-commit.ts'
import type { KafkaTenure } from '../../../services/platform/event-log/kafka-tenures.ts'
import { withCode } from './harness.ts'

/** A tenure whose coordinator answers as `answer` says; what it took is in `sent`. */
function tenureWith(answer: (tenure: KafkaTenure, attempt: number) => void) {
  const sent: string[] = []
  let attempts = 0
  const tenure: KafkaTenure = {
    topic: 't',
    partition: 0,
    isCurrent: true,
    expectedOffset: 0,
    committedOffset: 0,
    commits: Promise.resolve(),
    async sendCommit(request) {
      attempts += 1
      answer(tenure, attempts)
      sent.push(String(request?.topics[0]?.partitions[0]?.offset))
    },
  }
  return { tenure, sent }
}

const kafkaFault = (type: string, retriable: boolean) => Object.assign(new Error(type), { name: 'KafkaJSProtocolError', type, retriable })

test('a commit that the coordinator did not answer is tried again', async () => {
  const { tenure, sent } = tenureWith((_, attempt) => {
    if (attempt < 3) throw kafkaFault('REQUEST_TIMED_OUT', true)
  })
  await commitOffset(tenure, 5)
  assert.deepEqual(sent, ['5'])
})

test('a commit is not tried again in a later membership', async () => {
  const { tenure, sent } = tenureWith(current => {
    current.isCurrent = false
    throw kafkaFault('REQUEST_TIMED_OUT', true)
  })
  await assert.rejects(commitOffset(tenure, 5), withCode('EVENT_LOG_NOT_OWNER'))
  assert.deepEqual(sent, [])
})

test('a commit that the group refuses is reported as lost ownership', async () => {
  for (const type of ['ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID', 'REBALANCE_IN_PROGRESS']) {
    const { tenure } = tenureWith(() => {
      throw kafkaFault(type, type === 'REBALANCE_IN_PROGRESS')
    })
    await assert.rejects(commitOffset(tenure, 5), withCode('EVENT_LOG_NOT_OWNER'))
  }
  await assert.rejects(commitOffset(undefined, 5), withCode('EVENT_LOG_NOT_OWNER'))
})

test('commits asked for together reach the coordinator in order and never backwards', async () => {
  const { tenure, sent } = tenureWith(() => undefined)
  await Promise.all([3, 9, 4, 9, 12].map(offset => commitOffset(tenure, offset)))
  assert.deepEqual(sent, ['3', '9', '12'])
})
