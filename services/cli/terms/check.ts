import { parseTerms } from '../../money/terms/parse-terms.ts'
import type { SubCommand } from '../command.ts'
import { noteGaps } from './gaps.ts'
import { readTermsFile } from './read-file.ts'

/** `weir terms check`: is the file right? Nothing is opened. */
export const checkTermsFile: SubCommand = {
  takes: 'FILE',
  positionals: [1, 1],
  does: 'reads a terms file and names every fault with its line, and what it leaves open; stores nothing and needs no server',
  async run({ positionals: [path = ''] }, context) {
    const terms = parseTerms(readTermsFile(path), { file: path, version: 0 })
    const counts = (['tenants', 'rate_cards', 'pools', 'shared_costs', 'budgets', 'exchange_rates'] as const).map(
      section => `${terms[section].length} ${section}`,
    )
    context.print(`${path} is right: ${counts.join(', ')}`)
    noteGaps(terms, context)
    return 0
  },
}
