/** Starts a local Kafka, prints its process id and address, and waits to be killed: see local-kafka.test.ts. */
import { openLocalKafka } from '../../../services/platform/event-log/local-kafka.ts'

const kafka = await openLocalKafka({}, { say: message => process.stderr.write(`${message}\n`) })
process.stdout.write(`${kafka.pid} ${kafka.brokers[0]}\n`)
setInterval(() => undefined, 60_000)
