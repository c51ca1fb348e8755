/** Declarations of commands → a program of commander, which parses, prints help and suggests the nearest name. */
import { Command as Commander, Option } from 'commander'
import { type Command, choicesOf, type Given, type OptionSpec, type SubCommand } from './command.ts'

/** What the program is told of a command before it is loaded. */
export interface CommandHead {
  name: string
  does: string
  /** Heading of the help under which it stands. */
  group: string
}

/** Where the program writes, and what it does with a command that was asked for with right arguments. */
export interface ProgramDeps {
  version: string
  print(text: string): void
  note(text: string): void
  act(command: Command, path: string, sub: SubCommand, given: Given): Promise<void>
}

/** The sign of a path in `takes`, and of an option that takes one. */
const FILE = 'FILE'

/** Builds the empty program: `weir`, with its version. Faults are thrown (CommanderError) after they were told. */
export function buildProgram(deps: ProgramDeps): Commander {
  return dressed(new Commander('weir'), 'weir', deps)
    .description('Observability and cost analytics for AI gateways.')
    .version(deps.version, '-V, --version', 'prints the version')
    .usage('<command> [arguments]')
    .enablePositionalOptions()
    .helpCommand(false)
    .exitOverride()
}

/** Adds a command of which only the head is known: for the list in the help. */
export function addHead(program: Commander, { name, does, group }: CommandHead): Commander {
  return program.command(name).description(does).helpGroup(group)
}

/** Adds a whole command with its sub-commands. */
export function addCommand(program: Commander, head: CommandHead, command: Command, deps: ProgramDeps): void {
  const { subCommands, seeAlso } = command
  const group = dressed(addHead(program, head).description(command.does).helpCommand(false), `weir ${command.name}`, deps)
  if (seeAlso !== undefined) group.addHelpText('after', `\n${seeAlso}`)
  for (const [name, sub] of Object.entries(subCommands)) {
    const path = name === '' ? command.name : `${command.name} ${name}`
    const one = name === '' ? group : dressed(group.command(name).description(sub.does), `weir ${path}`, deps)
    if (name === '' && sub.does !== command.does) one.description(`${command.does}\n\n${sub.does}`)
    fill(one, sub)
    one.action(() => deps.act(command, path, sub, givenOf(one, sub)))
  }
}

/** Whether an argument or an option is a path, which a shell completes by itself. */
export function takesFile(spec: { value?: string | undefined; takes?: string | undefined }): boolean {
  return (spec.value ?? spec.takes ?? '').includes(FILE)
}

function dressed(command: Commander, name: string, deps: ProgramDeps): Commander {
  return command
    .helpOption('-h, --help', 'prints this help')
    .configureHelp({ showGlobalOptions: false })
    .configureOutput({
      writeOut: text => deps.print(text.trimEnd()),
      writeErr: text => deps.note(text.trimEnd()),
      outputError: text => deps.note(faultText(name, text)),
      getOutHelpWidth: () => 110,
      getErrHelpWidth: () => 110,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
}

/** A fault in the arguments: which command, what is wrong, where help is. */
export function faultText(name: string, text: string): string {
  const help = name === 'weir' ? 'weir --help' : `${name} --help`
  return `${name}: ${text.trim().replace(/^error: /, '')}\n(${help} says what it takes)`
}

function fill(command: Commander, sub: SubCommand): void {
  const [least, most] = sub.positionals ?? [0, 0]
  if (most > 0) {
    const name = (sub.takes ?? 'ARGUMENT').replace(/[[\]…]/g, '')
    const variadic = most > 1 ? '...' : ''
    command.argument(least > 0 ? `<${name}${variadic}>` : `[${name}${variadic}]`)
  }
  for (const [name, spec] of Object.entries(sub.options ?? {})) command.addOption(optionOf(name, spec))
}

function optionOf(name: string, spec: OptionSpec): Option {
  const option = new Option(spec.value === undefined ? `--${name}` : `--${name} <${spec.value}>`, spec.does)
  const choices = choicesOf(spec)
  if (choices !== undefined) option.choices([...choices])
  if (!spec.multiple) return option
  const one = option.parseArg
  return option.argParser((value: string, before: unknown[] | undefined) => [
    ...(before ?? []),
    one === undefined ? value : one(value, undefined),
  ])
}

function givenOf(command: Commander, sub: SubCommand): Given {
  const [, most] = sub.positionals ?? [0, 0]
  const { length } = command.args
  if (length > most) command.error(`error: "${command.args[most]}" is one argument too many`)
  const values = command.opts()
  const named = Object.keys(sub.options ?? {}).map(name => [name, values[new Option(`--${name}`).attributeName()]] as const)
  return { values: Object.fromEntries(named.filter(([, value]) => value !== undefined)), positionals: command.args }
}
