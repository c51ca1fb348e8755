import type { Command } from '../../services/cli/command.ts'
import { runCommand } from '../../services/cli/program.ts'
import { readSettings } from '../../services/platform/env.ts'
import type { EventLog } from '../../services/platform/event-log/port.ts'
import type { TestClickHouse } from '../fakes/clickhouse-server.ts'

/** What a command did. */
export interface ToolRun {
  code: number
  out: string
  err: string
}

/**
 * Runs a command in this process on a test's database; `environment` are settings, `nowMs` is its clock, `eventLog` takes what it appends.
 */
export async function runTool(
  command: Command,
  args: readonly string[],
  { clickhouse }: TestClickHouse,
  config: { environment?: Record<string, string>; nowMs?: number; eventLog?: EventLog } = {},
): Promise<ToolRun> {
  const settings = readSettings(config.environment ?? {})
  const lines = { out: [] as string[], err: [] as string[] }
  const { dataDir } = settings.log
  const code = await runCommand(command, args, {
    settings,
    now: () => config.nowMs ?? Date.UTC(2026, 11, 1),
    print: text => lines.out.push(text),
    note: text => lines.err.push(text),
    openClickHouse: async () => ({ ...clickhouse, dataDir, brokers: [], place: 'a test', [Symbol.asyncDispose]: async () => {} }),
    openEventLog: async () => {
      if (config.eventLog === undefined) throw new Error('the test has no event log for this command')
      return { ...config.eventLog, [Symbol.asyncDispose]: async () => {} }
    },
  })
  return { code, out: lines.out.join('\n'), err: lines.err.join('\n') }
}
