import { topics } from '../../schemas/topics.ts'
import { checkTerms, importFirstTerms } from '../money/terms/first-terms.ts'
import type { ClickHouse } from '../platform/clickhouse/client.ts'
import { applyMigrations, readMigrations } from '../platform/clickhouse/migrations.ts'
import type { Settings } from '../platform/env.ts'
import type { EventLog } from '../platform/event-log/port.ts'
import type { FileChecks, ProcessDeps } from '../platform/service.ts'

/** The settings that migrate reads. */
export type MigrateSettings = Pick<Settings, 'clickhouse' | 'files'>

/** The first billing terms. */
export const migrateFiles: FileChecks = ({ files }) => (files.terms === undefined ? [] : [checkTerms(files.terms)])

/**
 * Creates topics and tables, and the first billing terms, where they are missing, then ends. Rejects with the AppErrors of log,
 * ClickHouse and terms.
 */
export async function runMigrate(
  settings: MigrateSettings,
  deps: Pick<ProcessDeps, 'logger' | 'now'> & { eventLog: EventLog; clickhouse: ClickHouse },
): Promise<void> {
  const { eventLog, clickhouse, logger } = deps
  await eventLog.createTopics(topics)
  const applied = await applyMigrations({ migrations: readMigrations(), ...settings.clickhouse }, { clickhouse })
  await importFirstTerms({ termsFile: settings.files.terms }, { clickhouse, nowMs: deps.now() })
  logger.info({ topics: topics.length, applied }, applied.length === 0 ? 'the schema is up to date' : 'migrations applied')
}
