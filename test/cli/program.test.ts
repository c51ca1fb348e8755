import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ArgumentError, type Command, choiceOf, numberOf, textOf, timeOf } from '../../services/cli/command.ts'
import { commands } from '../../services/cli/commands.ts'
import { renderRows } from '../../services/cli/print.ts'
import { runCommand, runProgram } from '../../services/cli/program.ts'
import { readSettings } from '../../services/platform/env.ts'
import { AppError } from '../../services/platform/errors.ts'

const fruit: Command = {
  name: 'fruit',
  does: 'Fruit of all kinds.',
  seeAlso: 'docs/fruit.md',
  subCommands: {
    pick: {
      takes: 'NAME…',
      positionals: [1, 2],
      does: 'picks fruit',
      options: {
        at: { value: 'ISO', does: 'when' },
        size: { value: 'small|large', does: 'how large' },
        tree: { value: 'TREE', multiple: true, does: 'of this tree' },
        ripe: { does: 'only ripe ones' },
        'at-least': { value: 'N', does: 'how many' },
      },
      async run(given, { print }) {
        const [name] = given.positionals
        if (name === 'stone') throw new AppError('PRICE_INVALID', 'a stone is no fruit')
        if (name === 'air') throw new ArgumentError('air cannot be picked')
        if (name === 'port')
          throw Object.assign(new Error('listen EADDRINUSE'), { code: 'EADDRINUSE', syscall: 'listen', address: '::1', port: 1 })
        if (name === 'bug') throw new TypeError('a defect')
        const atLeast = numberOf(given, 'at-least', 0)
        const size = choiceOf(given, 'size', ['small', 'large'])
        print(JSON.stringify([name, timeOf(given, 'at'), size, given.values['ripe'] === true, given.values['tree'] ?? null]))
        return name === 'few' ? 1 : atLeast
      },
    },
    eat: { does: 'eats fruit', run: async () => undefined },
  },
}

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return await told(context => runCommand(fruit, args, { settings: readSettings({}), ...context }))
}

type Told = { print(text: string): void; note(text: string): void }

async function told(work: (context: Told) => Promise<number>) {
  const lines = { out: '', err: '' }
  const code = await work({
    print: text => {
      lines.out += `${text}\n`
    },
    note: text => {
      lines.err += `${text}\n`
    },
  })
  return { code, ...lines }
}

test('arguments reach the sub-command, and its exit code the shell', async () => {
  assert.deepEqual(await run('pick', 'plum', '--at', '2026-03-01', '--ripe', '--tree', 'a', '--tree=b'), {
    code: 0,
    out: `["plum",${Date.UTC(2026, 2, 1)},"small",true,["a","b"]]\n`,
    err: '',
  })
  assert.equal((await run('pick', 'few', '--size=large')).code, 1)
  assert.equal((await run('pick', 'plum', '--at-least', '7')).code, 7)
  assert.equal((await run('pick', '--', '--ripe')).out, '["--ripe",null,"small",false,null]\n')
})

test('a fault of the work ends with 1, one of the arguments with 2, what is wrong and where help is', async () => {
  assert.deepEqual(await run('pick', 'stone'), { code: 1, out: '', err: 'weir fruit: a stone is no fruit\n' })
  await assert.rejects(run('pick', 'bug'), TypeError)
  const taken = await run('pick', 'port')
  assert.equal(taken.code, 1)
  assert.match(taken.err, /^weir fruit: port 1 on ::1 is taken: stop the program that has it/)
  const wrong: [string[], RegExp][] = [
    [['eet'], /unknown command 'eet'\n\(Did you mean eat\?\)/],
    [['pick'], /missing required argument 'NAME'/],
    [['pick', 'a', 'b', 'c'], /"c" is one argument too many/],
    [['pick', 'air'], /air cannot be picked/],
    [['pick', 'a', '--colour', 'red'], /unknown option '--colour'/],
    [['pick', 'a', '--rip'], /unknown option '--rip'\n\(Did you mean --ripe\?\)/],
    [['pick', 'a', '--at', '2026-02-30'], /--at 2026-02-30 is no time/],
    [['pick', 'a', '--size', 'huge'], /Allowed choices are small, large/],
    [['pick', 'a', '--at'], /argument missing/],
    [['pick', 'a', '--at-least', 'few'], /--at-least few is not a number/],
    [['eat', 'more'], /too many arguments/],
  ]
  for (const [args, message] of wrong) {
    const { code, out, err } = await run(...args)
    assert.equal(code, 2, args.join(' '))
    assert.match(err, message)
    assert.match(err, /^weir fruit( \w+)?: /)
    assert.match(err, /\(weir fruit( \w+)? --help says what it takes\)/)
    assert.equal(out, '')
  }
  assert.equal((await run()).code, 2)
})

test('whatever words are given, the program ends with 0, 1 or 2 and never with a stack', async () => {
  const word = fc.oneof(
    fc.constantFrom('pick', 'eat', 'help', '--help', '-h', '--at', '--size', '--', '-', '--ripe=1', '__proto__', 'constructor', ''),
    fc.string({ maxLength: 8 }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(word, { maxLength: 6 }), async words => {
      fc.pre(!words.includes('bug'))
      const { code } = await run(...words)
      assert.ok([0, 1, 2].includes(code))
    }),
    { numRuns: 300 },
  )
})

test('--help, -h and `weir help` are one page, for the program, a command and a sub-command', async () => {
  const entries = [{ name: 'fruit', does: 'all fruit', group: 'Food:', load: async () => fruit }]
  const page = async (...args: string[]) => await told(context => runProgram(entries, args, context))
  const pages = [
    [[], ['--help'], ['-h'], ['help']],
    [
      ['fruit', '--help'],
      ['help', 'fruit'],
      ['fruit', '-h'],
    ],
    [
      ['fruit', 'pick', '-h'],
      ['help', 'fruit', 'pick'],
      ['fruit', 'pick', 'plum', '--help'],
    ],
  ]
  const texts = [/Food:\n {2}fruit +all fruit/, /pick \[options\] <NAME\.\.\.> +picks fruit[\s\S]*docs\/fruit\.md/, /--at <ISO> +when/]
  for (const [index, ways] of pages.entries()) {
    for (const args of ways) {
      const { code, out, err } = await page(...args)
      assert.deepEqual([code, err], [0, ''], args.join(' '))
      assert.match(out, texts[index] as RegExp, args.join(' '))
    }
  }
  for (const args of [
    ['help', 'fruti'],
    ['help', 'fruit', 'pikc'],
  ]) {
    const { code, err } = await page(...args)
    assert.equal(code, 2)
    assert.match(err, /Did you mean (fruit|pick)\?/)
  }
})

test('every command of weir has its help, with each option told, and takes no word that it does not know', async () => {
  assert.ok(commands.length > 15)
  for (const entry of commands) {
    const { subCommands, name } = await entry.load()
    assert.equal(name, entry.name)
    for (const [sub, { options = {}, does }] of Object.entries(subCommands)) {
      const words = sub === '' ? [name] : [name, sub]
      const { code, out } = await told(context => runProgram(commands, [...words, '--help'], context))
      assert.equal(code, 0)
      assert.ok(does.length > 5)
      for (const option of Object.keys(options)) assert.match(out, new RegExp(`^ +--${option}\\b`, 'm'), words.join(' '))
      const wrong = await told(context => runProgram(commands, [...words, '--no-such-option'], context))
      assert.equal(wrong.code, 2)
    }
  }
})

test('--version is that of the package', async () => {
  const { code, out } = await told(context => runProgram(commands, ['--version'], context))
  assert.equal(code, 0)
  assert.match(out, /^\d+\.\d+\.\d+\n$/)
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
