import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openClickHouse } from '../../platform/clickhouse/client.ts'
import { openEmbeddedClickHouse } from '../../platform/clickhouse/embedded.ts'
import { applyMigrations, readMigrations } from '../../platform/clickhouse/migrations.ts'
import type { Now } from '../../platform/clock.ts'
import { searchPath } from '../../platform/env.ts'
import { stopWithStarter } from '../../platform/starter.ts'
import { type InputFile, statInputs } from './input-files.ts'
import type { ReportConfig, ReportDeps } from './make-report.ts'
import { openProgressLine } from './progress-line.ts'

/** Exit code of a report that was given up by a signal, as shells have it for SIGINT. */
const GIVEN_UP = 130

type Make<T> = (files: readonly InputFile[], config: ReportConfig, deps: ReportDeps) => Promise<T>

/** Makes something of files with a ClickHouse of its own, which leaves nothing behind. Rejects as `make` and statInputs do. */
export async function reportOn<T>(names: readonly string[], config: ReportConfig, { now, make }: { now: Now; make: Make<T> }): Promise<T> {
  const files = await statInputs(names, now())
  const directory = mkdtempSync(join(tmpdir(), 'weir-report-'))
  await using cleanup = new AsyncDisposableStack()
  cleanup.defer(() => rmSync(directory, { recursive: true, force: true }))
  // A report that is given up leaves nothing behind either: what it has read may fill the disk.
  const giveUp = () => void cleanup.disposeAsync().finally(() => process.exit(GIVEN_UP))
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, giveUp)
    cleanup.defer(() => void process.off(signal, giveUp))
  }
  cleanup.use(stopWithStarter(giveUp))
  const progress = cleanup.use(openProgressLine(process.stderr))
  progress.say('starting ClickHouse')
  const server = cleanup.use(
    await openEmbeddedClickHouse(
      { directory, searchPath: searchPath() },
      { logger: { warn: (_fields, message) => progress.say(message) } },
    ),
  )
  const clickhouse = cleanup.use(openClickHouse({ url: server.url, ...server.owner, database: 'weir' }))
  await applyMigrations({ migrations: readMigrations(), isReplicated: false }, { clickhouse })
  return await make(files, config, { clickhouse, standardInput: process.stdin, now, progress })
}
