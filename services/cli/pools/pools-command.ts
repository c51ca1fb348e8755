import type { Command } from '../command.ts'
import { costs } from './costs.ts'

/** `weir pools`: what GPU pools cost and who bears it. */
export const poolsCommand: Command = {
  name: 'pools',
  does: 'GPU pools: what they cost, who bears it, and what a token came to. Computed from settled minutes with the billing terms in force.',
  seeAlso: 'docs/pools.md has the formulas and where they come from.',
  subCommands: { costs },
}
