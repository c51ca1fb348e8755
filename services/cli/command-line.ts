/**
 * What every `weir <command>` shares: sub-commands with their arguments, --help, exit codes and tables. Exit codes: 0 done, 1 the work failed or was refused,
 * 2 the arguments or settings are wrong. Results go to standard output, notes and faults to standard error.
 */
import { type ParseArgsConfig, parseArgs } from 'node:util'
import { parseTimeOrDate } from '../../schemas/dialects/iso-time.ts'
import { openToolClickHouse, type ToolClickHouse } from '../platform/clickhouse/tool.ts'
import { type Now, systemNow } from '../platform/clock.ts'
import { readSettings, type Settings, searchPath } from '../platform/env.ts'
import { AppError, messageOf } from '../platform/errors.ts'
import type { EventLog } from '../platform/event-log/port.ts'
import { openToolEventLog } from '../platform/event-log/tool.ts'
import { type TextColumn, textTable } from '../platform/text-table.ts'

/** One option. `value` names what it takes, such as ISO or NAME; without it the option is a flag. */
export interface OptionSpec {
  value?: string
  multiple?: boolean
  does: string
}

/** The arguments as given: an option that is absent is not in `values`. */
export interface Given {
  values: Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>
  positionals: readonly string[]
}

/** What a sub-command works with. */
export interface CommandContext {
  settings: Settings
  now: Now
  /** Writes a line, or a page of them, to standard output. */
  print(text: string): void
  /** Writes a note to standard error. */
  note(text: string): void
  /** Opens ClickHouse as openToolClickHouse does; the caller disposes it. */
  openClickHouse(): Promise<ToolClickHouse>
  /** Opens the event log that belongs with it, as openToolEventLog does; the caller disposes it. */
  openEventLog(clickhouse: ToolClickHouse): Promise<EventLog>
}

/** A sub-command: `weir <command> <name> …`. */
export interface SubCommand {
  /** What follows the name in the usage line, such as `FILE`. */
  takes?: string
  /** How many positional arguments: the least and the most. None unless told. */
  positionals?: readonly [least: number, most: number]
  does: string
  options?: Readonly<Record<string, OptionSpec>>
  /** Does the work; rejects with AppError, or ArgumentError for arguments that are wrong. May give an exit code. */
  run(given: Given, context: CommandContext): Promise<number | undefined>
}

/** A command with its sub-commands. The name '' is what runs when no sub-command is named. */
export interface Command {
  name: string
  does: string
  /** Further text of the usage page, such as a pointer to its page in docs. */
  seeAlso?: string
  subCommands: Readonly<Record<string, SubCommand>>
}

/** Arguments that cannot be meant: exit code 2, with the usage. */
export class ArgumentError extends Error {}

/** Runs the command with the process's arguments and gives the exit code. */
export async function runCommand(command: Command, argv: readonly string[], context: Partial<CommandContext> = {}): Promise<number> {
  const { print = writeLine(process.stdout), note = writeLine(process.stderr), now = systemNow } = context
  const fail = (message: string, code: number) => {
    note(`weir ${command.name}: ${message}`)
    return code
  }
  const [first = ''] = argv
  const isNamed = first !== '' && Object.hasOwn(command.subCommands, first)
  const name = isNamed ? first : ''
  const rest = isNamed ? argv.slice(1) : argv
  const sub = command.subCommands[name]
  const asksForHelp = rest.some(one => one === '--help' || one === '-h') || rest[0] === 'help'
  if (asksForHelp || (sub === undefined && rest.length === 0)) {
    print(usage(command, isNamed ? name : undefined))
    return asksForHelp ? 0 : 2
  }
  if (sub === undefined) return fail(`there is no sub-command "${rest[0]}"\n\n${usage(command)}`, 2)
  try {
    const given = readArguments(sub, rest)
    const settings = context.settings ?? readSettings()
    const openClickHouse =
      context.openClickHouse ??
      (() => openToolClickHouse(settings, { searchPath: searchPath(), logger: { warn: (_fields, message) => note(`weir: ${message}`) } }))
    const openEventLog = context.openEventLog ?? (clickhouse => openToolEventLog(settings, { clickhouse, now }))
    return (await sub.run(given, { settings, now, print, note, openClickHouse, openEventLog })) ?? 0
  } catch (error) {
    if (error instanceof ArgumentError) return fail(`${messageOf(error)}\n\n${usage(command, name)}`, 2)
    if (error instanceof AppError) return fail(error.message, error.code === 'SETTINGS_INVALID' ? 2 : 1)
    throw error
  }
}

/** The text of an option that was given once; undefined: it was not given. */
export function textOf(given: Given, option: string): string | undefined {
  const value = given.values[option]
  return typeof value === 'string' ? value : undefined
}

/** ISO 8601 time of an option, ms; a date alone is its midnight UTC. ArgumentError for anything else. */
export function timeOf(given: Given, option: string): number | undefined {
  const text = textOf(given, option)
  if (text === undefined) return undefined
  const time = parseTimeOrDate(text)
  if (time === undefined) throw new ArgumentError(`--${option} ${text} is no time; expected 2026-09-01 or 2026-09-01T00:00:00Z`)
  return time
}

/** One of `choices`, the first where the option is not given. ArgumentError for anything else. */
export function choiceOf<const T extends string>(given: Given, option: string, choices: readonly [T, ...T[]]): T {
  const text = textOf(given, option) ?? choices[0]
  const choice = choices.find(one => one === text)
  if (choice === undefined) throw new ArgumentError(`--${option} ${text} is not one of ${choices.join(', ')}`)
  return choice
}

/** Rows as a text table of all their columns (or of those named), or as one JSON array of objects. */
export function renderRows(
  rows: readonly Readonly<Record<string, unknown>>[],
  format: 'text' | 'json',
  columns?: readonly string[],
): string {
  if (format === 'json') return JSON.stringify(rows, null, 1)
  if (rows.length === 0) return 'nothing'
  const names = columns ?? Object.keys(rows[0] ?? {})
  const textColumns = names.map((name): TextColumn => ({ heading: name, cell: row => cellOf(row[name]) }))
  return textTable(textColumns, rows, Number.POSITIVE_INFINITY).join('\n')
}

/** The option that renderRows goes with; copied into a sub-command's options. */
export const FORMAT_OPTION = { format: { value: 'text|json', does: 'how the result is printed (default text)' } } as const

function cellOf(value: unknown): string | number | null {
  return typeof value === 'string' || typeof value === 'number' || value === null
    ? value
    : value === undefined
      ? null
      : JSON.stringify(value)
}

function readArguments(sub: SubCommand, args: readonly string[]): Given {
  const options = Object.fromEntries(
    Object.entries(sub.options ?? {}).map(([name, { value, multiple }]) => [
      name,
      { type: value === undefined ? 'boolean' : 'string', ...(multiple && { multiple }) } as const,
    ]),
  ) satisfies ParseArgsConfig['options']
  let given: Given
  try {
    given = parseArgs({ args: [...args], options, allowPositionals: true })
  } catch (error) {
    throw new ArgumentError(messageOf(error))
  }
  const [least, most] = sub.positionals ?? [0, 0]
  const { length } = given.positionals
  if (length < least) throw new ArgumentError(`expected ${sub.takes}`)
  if (length > most) throw new ArgumentError(`"${given.positionals[most]}" is one argument too many`)
  return given
}

function usage(command: Command, only?: string): string {
  const page = [`Usage: weir ${command.name} ${only ?? '<sub-command>'} [arguments]`, '', command.does, '']
  for (const [name, sub] of Object.entries(command.subCommands)) {
    if (only !== undefined && name !== only) continue
    page.push(`  ${['weir', command.name, name, sub.takes].filter(Boolean).join(' ')}`, `      ${sub.does}`)
    for (const [option, { value, does }] of Object.entries(sub.options ?? {})) {
      page.push(`      ${`--${option}${value === undefined ? '' : ` ${value}`}`.padEnd(24)} ${does}`)
    }
  }
  if (command.seeAlso) page.push('', command.seeAlso)
  return page.join('\n')
}

function writeLine(stream: NodeJS.WritableStream): (text: string) => void {
  return text => void stream.write(`${text}\n`)
}
