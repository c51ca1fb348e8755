import type { Command } from '../command.ts'
import { correct } from './correct.ts'
import { history } from './history.ts'
import { importPrices } from './import.ts'
import { list } from './list.ts'
import { show } from './show.ts'
import { unpriced } from './unpriced.ts'

/** `weir prices`: the price book. */
export const pricesCommand: Command = {
  name: 'prices',
  does: 'The price book: what a unit costs, from when until when, and who said so.',
  seeAlso: 'docs/prices.md has the file formats and the rules.',
  subCommands: { import: importPrices, correct, list, show, unpriced, history },
}
