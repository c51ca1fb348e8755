import assert from 'node:assert/strict'
import type { ClickHouse } from '../../services/platform/clickhouse/client.ts'

/** How often a server has synced since it was started. */
export interface Syncs {
  files: number
  directories: number
}

/** Reads it. Tests of other files have servers of their own. */
export async function readSyncs(clickhouse: ClickHouse): Promise<Syncs> {
  const [syncs] = await clickhouse.query<Syncs>(
    "SELECT sumIf(value, event = 'FileSync') AS files, sumIf(value, event = 'DirectorySync') AS directories FROM system.events",
  )
  return syncs ?? assert.fail()
}
