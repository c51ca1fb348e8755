import { userInfo } from 'node:os'
import { basename } from 'node:path'
import { planTerms, storeTerms } from '../../money/terms/terms-store.ts'
import { ArgumentError, type CommandContext, type Given, type SubCommand, textOf } from '../command.ts'
import { noteGaps } from './gaps.ts'
import { readTermsFile } from './read-file.ts'

const OPTIONS = {
  by: { value: 'NAME', does: 'who does this (default: the name of the user)' },
  reason: { value: 'TEXT', does: 'why, for the trail' },
  source: { value: 'TEXT', does: 'where the terms come from (default: the name of the file)' },
  'dry-run': { does: 'says what would change and stores nothing' },
} as const

/** `weir terms import`: a new version that leaves the past as it was. */
export const importTerms: SubCommand = {
  takes: 'FILE',
  positionals: [1, 1],
  does: 'puts a terms file in force as a new version; refuses one that changes what was agreed on in the past',
  options: OPTIONS,
  run: (given, context) => bringIn('import', given, context),
}

/** `weir terms correct`: a new version that may change the past; closed statements get corrections. */
export const correctTerms: SubCommand = {
  takes: 'FILE',
  positionals: [1, 1],
  does: 'as import, and may change the past: drafts change at once, closed statements get corrections in the open month; needs --reason',
  options: OPTIONS,
  async run(given, context) {
    if (textOf(given, 'reason') === undefined) throw new ArgumentError('--reason is missing: say why the past is changed')
    return await bringIn('correct', given, context)
  },
}

async function bringIn(kind: 'import' | 'correct', given: Given, context: CommandContext): Promise<number> {
  const [path = ''] = given.positionals
  const text = readTermsFile(path)
  await using clickhouse = await context.openClickHouse()
  context.note(`with ${clickhouse.place}`)
  const plan = await planTerms(text, path, context.now(), clickhouse)
  if (plan.isSame) {
    context.print(`${path} is what version ${plan.before.version} says already: nothing to do`)
    return 0
  }
  noteGaps(plan.after, context)
  const past = plan.before.version > 0 ? plan.past : []
  for (const entry of past) context.print(`changes the past: ${entry}`)
  if (given.values['dry-run'] === true) {
    context.note('a dry run: nothing was stored')
    return 0
  }
  await storeTerms(
    text,
    plan,
    {
      kind,
      imported_by: textOf(given, 'by') ?? userInfo().username,
      reason: textOf(given, 'reason') ?? '',
      source: textOf(given, 'source') ?? basename(path),
    },
    clickhouse,
  )
  context.print(`version ${plan.after.version} of the billing terms is in force`)
  return 0
}
