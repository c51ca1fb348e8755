import type { Settings } from '../env.ts'
import { AppError } from '../errors.ts'
import { type ClickHouse, openClickHouse } from './client.ts'

/**
 * Opens the server that CLICKHOUSE_URL names; SETTINGS_INVALID when it is unset: only `standalone` starts an embedded
 * one, for one process at a time.
 */
export function openConfiguredClickHouse(settings: Settings['clickhouse']): ClickHouse {
  if (settings.url === undefined) {
    throw new AppError(
      'SETTINGS_INVALID',
      'CLICKHOUSE_URL is not set: a service that runs by itself needs a server; `weir standalone` brings its own',
    )
  }
  const { url, user: username, password, database, isReplicated } = settings
  return openClickHouse({ url, username, password, database, isReplicated })
}
