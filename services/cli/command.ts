/**
 * What every `weir <command>` is declared with. Exit codes: 0 done, 1 the work failed or was refused, 2 the arguments or settings are
 * wrong. Results go to standard output, notes and faults to standard error. program.ts reads the declarations and runs them.
 */
import { parseTimeOrDate } from '../../schemas/dialects/iso-time.ts'
import type { ToolClickHouse } from '../platform/clickhouse/tool.ts'
import type { Now } from '../platform/clock.ts'
import type { Settings } from '../platform/env.ts'
import type { EventLog } from '../platform/event-log/port.ts'

/**
 * One option. `value` names what it takes, such as ISO or NAME (FILE: a path); without it the option is a flag. `choices`: the values that
 * it may take; a value written a|b|c has these.
 */
export interface OptionSpec {
  value?: string
  choices?: readonly string[]
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
  /** Further text of the help, such as a pointer to its page in docs. */
  seeAlso?: string
  subCommands: Readonly<Record<string, SubCommand>>
}

/** Arguments that cannot be meant: exit code 2, with a pointer to the help. */
export class ArgumentError extends Error {}

/** The text of an option that was given once; undefined: it was not given. */
export function textOf(given: Given, option: string): string | undefined {
  const value = given.values[option]
  return typeof value === 'string' ? value : undefined
}

/** The texts of an option that may be given several times, in order; none: it was not given. */
export function textsOf(given: Given, option: string): readonly string[] {
  const value = given.values[option]
  return [value ?? []].flat().filter(one => typeof one === 'string')
}

/** ISO 8601 time of an option, ms; a date alone is its midnight UTC. ArgumentError for anything else. */
export function timeOf(given: Given, option: string): number | undefined {
  const text = textOf(given, option)
  if (text === undefined) return undefined
  const time = parseTimeOrDate(text)
  if (time === undefined) throw new ArgumentError(`--${option} ${text} is no time; expected 2026-09-01 or 2026-09-01T00:00:00Z`)
  return time
}

/** Number of an option, at least `least`; ArgumentError for anything else. */
export function numberOf(given: Given, option: string, fallback: number, least = 0): number {
  const text = textOf(given, option)
  if (text === undefined) return fallback
  const number = /^\d{1,15}(\.\d{1,9})?$/.test(text) ? Number(text) : Number.NaN
  if (!(number >= least)) throw new ArgumentError(`--${option} ${text} is not a number of at least ${least}`)
  return number
}

/** One of `choices`, the first where the option is not given. ArgumentError for anything else. */
export function choiceOf<const T extends string>(given: Given, option: string, choices: readonly [T, ...T[]]): T {
  const text = textOf(given, option) ?? choices[0]
  const choice = choices.find(one => one === text)
  if (choice === undefined) throw new ArgumentError(`--${option} ${text} is not one of ${choices.join(', ')}`)
  return choice
}

/** The values that an option may take, as its declaration says; undefined: any. */
export function choicesOf({ value, choices }: OptionSpec): readonly string[] | undefined {
  if (choices !== undefined) return choices
  return value !== undefined && /^[a-z0-9-]+(\|[a-z0-9-]+)+$/.test(value) ? value.split('|') : undefined
}
