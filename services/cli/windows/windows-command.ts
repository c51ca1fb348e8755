import type { Command } from '../command.ts'
import { check } from './check.ts'
import { history } from './history.ts'
import { republish } from './republish.ts'

/** `weir windows`: settled minutes and the raw rows that they were made from. */
export const windowsCommand: Command = {
  name: 'windows',
  does: 'Settled minutes beside the raw rows that they were made from.',
  seeAlso: 'A minute is never published from fewer raw rows than before without the word of a person: weir windows republish.',
  subCommands: { check, republish, history },
}
