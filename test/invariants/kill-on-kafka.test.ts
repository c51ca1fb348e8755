import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openEmbeddedClickHouse } from '../../services/platform/clickhouse/embedded.ts'
import { openEventLog } from '../../services/platform/event-log/open.ts'
import { environmentOf } from '../fakes/clickhouse-server.ts'
import { openTestKafka, skipWithoutJava } from '../platform/event-log/kafka-broker.ts'
import { KILLS, seedOfRun, testKillRun } from './kill-run.ts'
import { openProcesses } from './processes.ts'

test(`on Kafka: worker, settle, ingest and ClickHouse are killed ${KILLS} times each, and no total changes`, {
  skip: await skipWithoutJava(),
}, async t => {
  const directory = mkdtempSync(join(tmpdir(), 'weir-kill-'))
  await using cleanup = new AsyncDisposableStack()
  cleanup.defer(() => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }))
  const kafka = cleanup.use(await openTestKafka())
  const clickhouse = cleanup.use(await openEmbeddedClickHouse({ directory }, { logger: { warn: () => undefined } }))
  const processes = cleanup.use(
    openProcesses({
      WEIR_LOG: 'kafka',
      KAFKA_BROKERS: kafka.brokers.join(','),
      // The least: a killed member's partitions are free again only after it.
      KAFKA_SESSION_TIMEOUT_MS: '3000',
      ...environmentOf(clickhouse),
    }),
  )
  await processes.migrate()
  const eventLog = cleanup.use(await openEventLog({ kind: 'kafka', brokers: kafka.brokers, epoch: '1' }, { now: Date.now }))
  await testKillRun(seedOfRun(), { eventLog, clickhouse, processes }, message => t.diagnostic(message))
})
