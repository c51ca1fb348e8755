import { takesFile } from '../build-program.ts'
import { choicesOf } from '../command.ts'
import type { CommandEntry } from '../program.ts'

/** What may follow some words of a command line. */
export interface Place {
  /** The words so far, without `weir`: '' or `prices import`. */
  path: string
  /** Names of commands that may follow, and what each does. */
  names: readonly { name: string; does: string }[]
  options: readonly PlaceOption[]
  /** Positional arguments are files. */
  takesFiles: boolean
}

/** An option at a place. `choices` empty and no file: any text. */
export interface PlaceOption {
  flag: string
  does: string
  takesValue: boolean
  takesFile: boolean
  choices: readonly string[]
}

const HELP: PlaceOption = { flag: '--help', does: 'prints this help', takesValue: false, takesFile: false, choices: [] }
const VERSION: PlaceOption = { ...HELP, flag: '--version', does: 'prints the version' }

/** Every place of the program, the outermost first. */
export async function readTree(entries: readonly CommandEntry[]): Promise<readonly Place[]> {
  const heads = entries.map(({ name, does }) => ({ name, does }))
  const top = { path: '', names: [...heads, { name: 'help', does: 'prints the help of a command' }], options: [HELP, VERSION] }
  const places: Place[] = [
    { ...top, takesFiles: false },
    { path: 'help', names: heads, options: [HELP], takesFiles: false },
  ]
  for (const entry of entries) {
    const { name, subCommands } = await entry.load()
    const subs = Object.entries(subCommands)
    const named = subs.filter(([sub]) => sub !== '')
    const names = named.map(([sub, { does }]) => ({ name: sub, does }))
    if (named.length > 0) places.push({ path: `help ${name}`, names, options: [HELP], takesFiles: false })
    if (subCommands[''] === undefined) places.push({ path: name, names, options: [HELP], takesFiles: false })
    for (const [sub, spec] of subs) {
      const options = Object.entries(spec.options ?? {}).map(([option, one]) => ({
        flag: `--${option}`,
        does: one.does,
        takesValue: one.value !== undefined,
        takesFile: takesFile(one),
        choices: choicesOf(one) ?? [],
      }))
      const path = sub === '' ? name : `${name} ${sub}`
      places.push({ path, names: sub === '' ? names : [], options: [...options, HELP], takesFiles: takesFile(spec) })
    }
  }
  return places
}
