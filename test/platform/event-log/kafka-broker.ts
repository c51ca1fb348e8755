import { AppError } from '../../../services/platform/errors.ts'
import { type LocalKafka, openLocalKafka } from '../../../services/platform/event-log/local-kafka.ts'
import { kafkaJars } from '../../../services/platform/event-log/local-kafka-jars.ts'

const say = (message: string) => process.stderr.write(`${message}\n`)

/** Whether tests that need Kafka must be skipped because this machine has no Java; says so. With CI=true it throws instead. */
export async function skipWithoutJava(): Promise<boolean> {
  try {
    await kafkaJars(say)
    return false
  } catch (thrown) {
    if (process.env['CI'] === 'true' || !(thrown instanceof AppError) || thrown.code !== 'EVENT_LOG_KAFKA_NOT_INSTALLED') throw thrown
    say(`Tests that need Kafka are skipped. ${thrown.message}`)
    return true
  }
}

/** Starts a Kafka for tests; it ends with the process that called. */
export async function openTestKafka(): Promise<LocalKafka> {
  return await openLocalKafka({}, { say })
}
