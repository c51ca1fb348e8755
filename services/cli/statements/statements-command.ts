import type { Command } from '../command.ts'
import { adjust } from './adjust.ts'
import { close } from './close.ts'
import { draft, list, show } from './show.ts'
import { verify } from './verify.ts'

/** `weir statements`: what tenants owe, month by month. */
export const statementsCommand: Command = {
  name: 'statements',
  does: 'What each tenant owes for a billing month: drafts at any time, closed statements that never change and can be proven.',
  seeAlso: 'docs/statements.md says how a statement comes about, what closing freezes and how corrections work.',
  subCommands: { draft, close, list, show, adjust, verify },
}
