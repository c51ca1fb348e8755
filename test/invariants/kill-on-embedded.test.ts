import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openEmbeddedClickHouse } from '../../services/platform/clickhouse/embedded.ts'
import { openConfiguredEventLog } from '../../services/platform/event-log/open.ts'
import { environmentOf } from '../fakes/clickhouse-server.ts'
import { KILLS, seedOfRun, testKillRun } from './kill-run.ts'
import { openProcesses } from './processes.ts'

test(`on the embedded log: worker, settle, ingest and ClickHouse are killed ${KILLS} times each, and no total changes`, async t => {
  const dataDir = mkdtempSync(join(tmpdir(), 'weir-kill-'))
  await using cleanup = new AsyncDisposableStack()
  cleanup.defer(() => rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 }))
  const clickhouse = cleanup.use(
    await openEmbeddedClickHouse({ directory: join(dataDir, 'clickhouse') }, { logger: { warn: () => undefined } }),
  )
  const processes = cleanup.use(openProcesses({ WEIR_DATA_DIR: dataDir, ...environmentOf(clickhouse) }))
  await processes.migrate()
  const log = { kind: 'embedded' as const, dataDir, brokers: [], epoch: undefined }
  const eventLog = cleanup.use(await openConfiguredEventLog(log, { now: Date.now }))
  await testKillRun(seedOfRun(), { eventLog, clickhouse, processes }, message => t.diagnostic(message))
})
