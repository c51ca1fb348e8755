/**
 * A process of its own for the conformance tests, to be killed. Its argument is JSON: which log, what to do. It reports on
 * standard output, one line each.
 * `append`: appends records numbered from 0, ten under way at a time, and prints each number once its append has resolved.
 * `read`: joins a group, never commits, and prints the offset of each record that it was handed.
 */
import type { EventLog } from '../../../services/platform/event-log/port.ts'

export type ChildLog =
  | { kind: 'embedded'; directory: string }
  | { kind: 'kafka'; brokers: readonly string[]; clientId: string; configuredEpoch: string; sessionTimeoutMs: number }

export type ChildTask = { log: ChildLog; topic: string } & ({ role: 'append' } | { role: 'read'; group: string })

const task = JSON.parse(process.argv[2] ?? '') as ChildTask
const log = await openLog(task.log)
if (task.role === 'append') await appendForever(task.topic)
else await readForever(task.topic, task.group)

async function openLog(config: ChildLog): Promise<EventLog> {
  if (config.kind === 'kafka') {
    const { openKafkaEventLog } = await import('../../../services/platform/event-log/kafka.ts')
    return await openKafkaEventLog(config)
  }
  const { openEmbeddedEventLog } = await import('../../../services/platform/event-log/embedded.ts')
  return await openEmbeddedEventLog({ directory: config.directory }, { now: Date.now })
}

async function appendForever(topic: string): Promise<void> {
  let next = 0
  const appendSome = async () => {
    for (;;) {
      const number = next++
      await log.append(topic, [{ value: Buffer.from(String(number)) }])
      process.stdout.write(`${number}\n`)
    }
  }
  await Promise.all(Array.from({ length: 10 }, appendSome))
}

async function readForever(topic: string, group: string): Promise<void> {
  const onBatch = async ({ records }: { records: readonly { offset: number }[] }) => {
    for (const { offset } of records) process.stdout.write(`${offset}\n`)
  }
  const consumer = await log.consume({ group, topics: [topic], maxWaitMs: 10 }, { onBatch })
  await consumer.stopped
}
