import { parseTerms } from '../../money/terms/parse-terms.ts'
import type { SubCommand } from '../command-line.ts'
import { readTermsFile } from './read-file.ts'

/** `weir terms check`: is the file right? Nothing is opened. */
export const checkTermsFile: SubCommand = {
  takes: 'FILE',
  positionals: [1, 1],
  does: 'reads a terms file and names every fault with its line; stores nothing and needs no server',
  async run({ positionals: [path = ''] }, { print }) {
    const terms = parseTerms(readTermsFile(path), { file: path, version: 0 })
    const counts = (['tenants', 'rate_cards', 'pools', 'shared_costs', 'budgets', 'exchange_rates'] as const).map(
      section => `${terms[section].length} ${section}`,
    )
    print(`${path} is right: ${counts.join(', ')}`)
    return 0
  },
}
