import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ArgumentError, type Command, choiceOf, renderRows, runCommand, textOf, timeOf } from '../../services/cli/command-line.ts'
import { readSettings } from '../../services/platform/env.ts'
import { AppError } from '../../services/platform/errors.ts'

const command: Command = {
  name: 'fruit',
  does: 'Fruit of all kinds.',
  subCommands: {
    pick: {
      takes: 'NAME',
      positionals: [1, 2],
      does: 'picks fruit',
      options: { at: { value: 'ISO', does: 'when' }, size: { value: 'SIZE', does: 'how large' }, ripe: { does: 'only ripe ones' } },
      async run(given, { print }) {
        const [name] = given.positionals
        if (name === 'stone') throw new AppError('PRICE_INVALID', 'a stone is no fruit')
        if (name === 'air') throw new ArgumentError('air cannot be picked')
        print(JSON.stringify([name, timeOf(given, 'at'), choiceOf(given, 'size', ['small', 'large']), given.values['ripe'] === true]))
        return name === 'few' ? 1 : undefined
      },
    },
  },
}

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const lines = { out: '', err: '' }
  const settings = readSettings({})
  const code = await runCommand(command, args, {
    settings,
    print: text => (lines.out += `${text}\n`),
    note: text => (lines.err += `${text}\n`),
  })
  return { code, ...lines }
}

test('arguments reach the sub-command, and its exit code the shell', async () => {
  assert.deepEqual(await run('pick', 'plum', '--at', '2026-03-01', '--ripe'), {
    code: 0,
    out: `["plum",${Date.UTC(2026, 2, 1)},"small",true]\n`,
    err: '',
  })
  assert.equal((await run('pick', 'few', '--size=large')).code, 1)
})

test('a fault of the work ends with 1, one of the arguments with 2 and the usage', async () => {
  assert.deepEqual(await run('pick', 'stone'), { code: 1, out: '', err: 'weir fruit: a stone is no fruit\n' })
  const wrong = [
    [],
    ['eat'],
    ['pick'],
    ['pick', 'a', 'b', 'c'],
    ['pick', 'air'],
    ['pick', 'a', '--colour', 'red'],
    ['pick', 'a', '--at', '2026-02-30'],
    ['pick', 'a', '--size', 'huge'],
  ]
  for (const args of wrong) {
    const { code, out, err } = await run(...args)
    assert.equal(code, 2, args.join(' '))
    assert.match(out + err, /Usage: weir fruit/)
  }
})

test('help names every sub-command with its options, or the one that is asked for', async () => {
  for (const args of [['--help'], ['help'], ['pick', '-h']]) {
    const { code, out } = await run(...args)
    assert.equal(code, 0)
    assert.match(out, /weir fruit pick NAME\n {6}picks fruit\n {6}--at ISO +when\n/)
  }
})

test('rows are a table with dashes for what is not known, or JSON', () => {
  const rows = [
    { name: 'plum', count: 1_200, note: null },
    { name: 'fig', count: 3, note: 'dried' },
  ]
  assert.equal(renderRows(rows, 'text'), ['name  count  note', '────  ─────  ─────', 'plum  1,200  –', 'fig       3  dried'].join('\n'))
  assert.deepEqual(JSON.parse(renderRows(rows, 'json')), rows)
  assert.equal(renderRows([], 'text'), 'nothing')
  assert.equal(textOf({ values: { note: true }, positionals: [] }, 'note'), undefined)
})
