import type { Command } from '../command.ts'
import { focus } from './focus.ts'

/** `weir export`: charges for other tools. */
export const exportCommand: Command = {
  name: 'export',
  does: 'Charges in forms that other tools read.',
  seeAlso: 'docs/focus.md says what the columns hold and how the files are checked.',
  subCommands: { focus },
}
