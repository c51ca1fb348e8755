import type { Command } from '../command.ts'
import { checkTermsFile } from './check.ts'
import { history } from './history.ts'
import { correctTerms, importTerms } from './import.ts'
import { show } from './show.ts'

/** `weir terms`: what finance agrees on beside the price book. */
export const termsCommand: Command = {
  name: 'terms',
  does: 'The billing terms: tenants, rate cards, pools, shared costs, budgets and exchange rates, as one dated document.',
  seeAlso: 'docs/terms.md has the format, with an example.',
  subCommands: { check: checkTermsFile, import: importTerms, correct: correctTerms, show, history },
}
