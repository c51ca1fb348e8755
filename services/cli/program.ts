/** The one program: every command, found by name and loaded when it is asked for. */
import { CommanderError } from 'commander'
import packageFacts from '../../package.json' with { type: 'json' }
import { systemNow } from '../platform/clock.ts'
import { misspeltSettings, readSettings, type Settings, searchPath } from '../platform/env.ts'
import { AppError, messageOf } from '../platform/errors.ts'
import { addCommand, addHead, buildProgram, type CommandHead, faultText, type ProgramDeps } from './build-program.ts'
import { ArgumentError, type Command, type CommandContext } from './command.ts'

/** A command of the program. `load` brings in what it needs. */
export interface CommandEntry extends CommandHead {
  load(): Promise<Command>
}

/** Runs one command with its arguments and gives the exit code. */
export async function runCommand(command: Command, argv: readonly string[], context: Partial<CommandContext> = {}): Promise<number> {
  const entry = { name: command.name, does: command.does, group: 'Commands:', load: async () => command }
  return await runProgram([entry], [command.name, ...argv], context)
}

/**
 * Runs the program with the arguments of a shell and gives the exit code. Only the command that they name is loaded (`completion`: all).
 * Rejects with what a command rejects with that is neither AppError nor ArgumentError nor the system's: a defect.
 */
export async function runProgram(
  entries: readonly CommandEntry[],
  argv: readonly string[],
  given: Partial<CommandContext> = {},
): Promise<number> {
  const context = contextOf(given)
  const { print, note } = context
  let code = 0
  const act: ProgramDeps['act'] = async (_command, path, sub, values) => {
    try {
      code = (await sub.run(values, context)) ?? 0
    } catch (error) {
      code = error instanceof ArgumentError || (error instanceof AppError && error.code === 'SETTINGS_INVALID') ? 2 : 1
      if (error instanceof ArgumentError) note(faultText(`weir ${path}`, error.message))
      else if (error instanceof AppError || isOfSystem(error)) note(`weir ${path.split(' ')[0]}: ${messageOf(error)}`)
      else throw error
    }
  }
  const deps: ProgramDeps = { version: packageFacts.version, print, note, act }
  const program = buildProgram(deps)
  const wanted = commandNamed(argv)
  const words = argv.length === 0 ? ['--help'] : [...argv]
  for (const entry of entries) {
    if (wanted === entry.name) addCommand(program, entry, await entry.load(), deps)
    else addHead(program, entry)
  }
  const help = program.command('help [command...]').description('prints the help of a command').helpGroup('Help:')
  help.action((path: string[]) => showHelp(program, path))
  try {
    await program.parseAsync(words, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    // Help that was not asked for stands in for an argument that is missing.
    return error.exitCode === 0 ? 0 : 2
  }
  return code
}

type Program = ReturnType<typeof buildProgram>

function showHelp(program: Program, path: readonly string[]): void {
  let command = program
  for (const name of path) {
    const next = command.commands.find(one => one.name() === name)
    // Refused by the command that does not have it, with the nearest name.
    if (next === undefined) return void command.parse([name], { from: 'user' })
    command = next
  }
  command.help()
}

/** Whether the system refused something, such as a port or a file: a fault of the surroundings and no defect. */
function isOfSystem(thrown: unknown): boolean {
  return thrown instanceof Error && 'syscall' in thrown && 'code' in thrown
}

/** The command that the arguments name, also after `help`. */
function commandNamed(argv: readonly string[]): string | undefined {
  const [first, second] = argv.filter(word => !word.startsWith('-'))
  return first === 'help' ? second : first
}

/** What commands work with where the caller gives nothing else. Settings are read when a command first asks for them. */
function contextOf(given: Partial<CommandContext>): CommandContext {
  const { print = writeLine(process.stdout), note = writeLine(process.stderr), now = systemNow } = given
  let settings: Settings | undefined
  const context: CommandContext = {
    get settings() {
      if (given.settings !== undefined) return given.settings
      if (settings === undefined) for (const warning of misspeltSettings()) note(`weir: ${warning}`)
      settings ??= readSettings()
      return settings
    },
    now,
    print,
    note,
    openClickHouse:
      given.openClickHouse ??
      (async () => {
        const { openToolClickHouse } = await import('../platform/clickhouse/tool.ts')
        const logger = { warn: (_fields: object, message: string) => note(`weir: ${message}`) }
        return await openToolClickHouse(context.settings, { searchPath: searchPath(), logger, now })
      }),
    openEventLog:
      given.openEventLog ??
      (async clickhouse => {
        const { openToolEventLog } = await import('../platform/event-log/tool.ts')
        return await openToolEventLog(context.settings, { clickhouse, now })
      }),
  }
  return context
}

function writeLine(stream: NodeJS.WritableStream): (text: string) => void {
  return text => void stream.write(`${text}\n`)
}
