import { ArgumentError, choiceOf, type SubCommand, textOf } from '../command.ts'
import { makeReplay } from '../report/make-report.ts'
import { reportOn } from '../report/on-files.ts'
import { replayText, rulesOf } from './replay-text.ts'

/** `weir alerts test`: rules over history from files. */
export const testRules: SubCommand = {
  takes: '--file LOG…',
  does:
    'Reads log files as weir report does and says which alerts would have fired: when, for how long, how often. Nothing is sent and ' +
    'nothing is kept. Signals that go by the clock (a silent sender, late data) are left out.',
  options: {
    file: {
      value: 'FILE',
      multiple: true,
      does: 'access logs and metric scrapes, any dialect, plain, .gz or .zst; a folder for its files',
    },
    rules: { value: 'FILE', multiple: true, does: 'files of rules; those that Weir ships unless told' },
    rule: { value: 'NAME', multiple: true, does: 'these rules alone' },
    prices: { value: 'FILE', does: 'price file instead of the list that comes with Weir' },
    pool: { value: 'NAME', does: 'pool that metric scrapes among the files belong to (default: default)' },
    format: { value: 'text|json', does: 'how it is printed (default text)' },
  },
  async run(given, { print, now }) {
    const listOf = (name: string) => (given.values[name] ?? []) as string[]
    if (listOf('file').length === 0) throw new ArgumentError('--file is missing: the logs to replay')
    const rules = listOf('rules')
    const groups = rulesOf(rules.length === 0 ? ['shipped'] : rules, listOf('rule'))
    const config = { pool: textOf(given, 'pool') ?? 'default', pricesFile: textOf(given, 'prices'), ownDialects: [] }
    const replay = await reportOn(listOf('file'), config, { now, make: (files, from, deps) => makeReplay(files, from, deps, groups) })
    print(choiceOf(given, 'format', ['text', 'json']) === 'json' ? JSON.stringify(replay ?? null, null, 1) : replayText(replay))
    return 0
  },
}
