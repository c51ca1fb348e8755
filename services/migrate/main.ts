import { topics } from '../../schemas/topics.ts'
import { importFirstTerms } from '../money/terms/first-terms.ts'
import { applyMigrations, readMigrations } from '../platform/clickhouse/migrations.ts'
import { openConfiguredClickHouse } from '../platform/clickhouse/open.ts'
import { systemNow } from '../platform/clock.ts'
import { openConfiguredEventLog } from '../platform/event-log/open.ts'
import { runService } from '../platform/service.ts'

await runService('migrate', async ({ settings, logger }) => {
  await using clickhouse = openConfiguredClickHouse(settings.clickhouse)
  await using eventLog = await openConfiguredEventLog(settings.log, { logger, now: systemNow })
  await eventLog.createTopics(topics)
  const { isReplicated, cluster } = settings.clickhouse
  const applied = await applyMigrations(
    { migrations: readMigrations(), isReplicated, ...(cluster !== undefined && { cluster }) },
    { clickhouse },
  )
  await importFirstTerms({ termsFile: settings.files.terms }, { clickhouse, nowMs: systemNow() })
  logger.info({ topics: topics.length, applied }, applied.length === 0 ? 'the schema is up to date' : 'migrations applied')
})
