import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openEmbeddedEventLog } from '../../services/platform/event-log/embedded.ts'
import { openKafkaEventLog } from '../../services/platform/event-log/kafka.ts'
import { openTestKafka, skipWithoutJava } from '../platform/event-log/kafka-broker.ts'
import { alertTopics } from './alerting.ts'
import { killAlerts } from './kill-alerts.ts'

/** Once at each step, and fifty times when kills are asked for by name (test/run.ts). */
const KILLS = 5 * Number(process.env['WEIR_TEST_KILLS'] ?? 0) || 2

test(`on the embedded log: killed ${KILLS} times at every step, each page and each end arrives, repeated only under its id`, async t => {
  const directory = mkdtempSync(join(tmpdir(), 'weir-alert-kill-'))
  t.after(() => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }))
  await using eventLog = await openEmbeddedEventLog({ directory }, { now: Date.now })
  await eventLog.createTopics(alertTopics)
  const { arrived, repeated } = await killAlerts(KILLS, { log: { kind: 'embedded', directory }, eventLog, directory })
  t.diagnostic(`${KILLS} kills: ${arrived.length} messages arrived, ${repeated} of them again`)
})

test(`on Kafka: killed ${KILLS} times at every step, each page and each end arrives, repeated only under its id`, {
  skip: await skipWithoutJava(),
}, async t => {
  const directory = mkdtempSync(join(tmpdir(), 'weir-alert-kill-'))
  t.after(() => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }))
  await using kafka = await openTestKafka()
  const config = { brokers: kafka.brokers, clientId: 'alert', configuredEpoch: '1', sessionTimeoutMs: 3_000 }
  await using eventLog = await openKafkaEventLog(config)
  await eventLog.createTopics(alertTopics)
  const log = { kind: 'kafka' as const, ...config }
  const { arrived, repeated } = await killAlerts(KILLS, { log, eventLog, directory })
  t.diagnostic(`${KILLS} kills: ${arrived.length} messages arrived, ${repeated} of them again`)
})
