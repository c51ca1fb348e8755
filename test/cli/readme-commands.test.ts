/** Every command that README and docs show is run, each on what its page is about, and must give a clean and truthful result. */
import assert from 'node:assert/strict'
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, type TestContext, test } from 'node:test'
import { commands } from '../../services/cli/commands.ts'
import { runProgram } from '../../services/cli/program.ts'
import { readSettings } from '../../services/platform/env.ts'
import { openPriceBookStore } from '../../services/settle/price-book-store.ts'
import { settleWindows } from '../../services/settle/settle-windows.ts'
import { changeSource } from '../../services/worker/sources.ts'
import { openTestClickHouse, type TestClickHouse } from '../fakes/clickhouse-server.ts'
import { sendLines, writeLedger } from '../money/statements/closing-fixture.ts'
import { attemptRow, insertAttempts } from '../settle/attempt-rows.ts'
import { namedCommands, pages, shownCommands, wordsOf } from './shown-commands.ts'

const NOW_MS = Date.UTC(2026, 10, 28, 9)
const TERMS = readFileSync('services/demo/simulation/terms.yaml', 'utf8')
const directory = mkdtempSync(join(tmpdir(), 'weir-commands-'))
after(() => rmSync(directory, { recursive: true, force: true }))
const file = (name: string, text: string) => {
  writeFileSync(join(directory, name), text)
  return join(directory, name)
}

/** What a command must say. */
interface Expected {
  out: RegExp
  code?: number
}

/** By the beginning of the command, the longest first that fits; a command that is in none of these fails the test. */
const expected: readonly (readonly [string, Expected])[] = [
  ['weir budgets', { out: /acme/ }],
  ['weir export focus', { out: /^[A-Za-z,]*BilledCost[\s\S]*acme/ }],
  ['weir pools costs', { out: /llama-70b-h100/ }],
  ['weir prices correct', { out: /LIST COST BY TENANT[\s\S]*acme/ }],
  ['weir prices history', { out: /list of December/ }],
  ['weir prices import', { out: /^read as litellm: 1 entries, 2 prices, [\s\S]*\n(added +2 price\(s\) of 1 model|unchanged +1 model)/ }],
  ['weir prices list', { out: /^provider +model [\s\S]*openai +gpt-4o / }],
  ['weir prices show', { out: /openai +gpt-4o +input/ }],
  ['weir prices unpriced', { out: /no-such-model/ }],
  ['weir reconcile costs', { out: /^invoice [\d.]+ USD - ours [\d.]+ USD = / }],
  ['weir reconcile invoice.csv', { out: /"currency": "EUR"/ }],
  ['weir report --dialect my-gateway.yaml --explain', { out: /line 1: towergate, because/ }],
  ['weir report --format json', { out: /^\{[\s\S]*"dead_letters": \[\]\n\}$/ }],
  ['weir report', { out: /^Weir report: [\s\S]*\nacme +/ }],
  ['weir sources list', { out: /edge-7 +parked .*sends CSV/ }],
  ['weir sources park', { out: /^edge-7 is parked$/ }],
  ['weir sources resume', { out: /^edge-7: 0 messages with 0 lines are taken up/ }],
  ['weir statements adjust', { out: /^adj-[0-9a-f]{8}: credit of −150\.00 USD to "acme" in 2026-11/ }],
  ['weir statements close', { out: /^$/ }],
  ['weir statements draft', { out: /^$|acme/ }],
  ['weir statements list', { out: /2026-10/ }],
  ['weir statements show', { out: /"tenant_id": "acme"/ }],
  ['weir statements verify', { out: /: the same bytes, sha256 [0-9a-f]{64}$/ }],
  ['weir tokens add', { out: /^weir_[\w-]{32}$/ }],
  ['weir tokens list', { out: /^id +name +role [\s\S]* edge +sender +valid / }],
  ['weir terms check', { out: /is right: 8 tenants/ }],
  ['weir terms correct', { out: /version 2 of the billing terms is in force/ }],
  [
    'weir terms history',
    { out: /contracts of 2026[\s\S]*the discount of October was 15 %|the discount of October was 15 %[\s\S]*contracts of 2026/ },
  ],
  ['weir terms import', { out: /^(version 1 of the billing terms is in force)?$/ }],
  ['weir terms show', { out: /^(# .*\n)*issuer: Weir demo platform/ }],
]

/** npm scripts, and the test that runs each as a process of its own. */
const scripts: Readonly<Record<string, string>> = {
  'npm run demo': 'test/demo/demo.test.ts',
  'npm start': 'test/standalone/readme.test.ts',
  'npm test': 'test/run.ts',
  'npm run check': '.ci/run',
}

/** What a page's commands work on: more than the lines that every page has, and what stands for the words of the page. */
type Prepare = (database: TestClickHouse, weir: (command: string) => Promise<string>) => Promise<Readonly<Record<string, string>>>

const start = Date.UTC(2026, 9, 12) / 1000
const bucket = (results: object[]) =>
  JSON.stringify({ object: 'page', data: [{ object: 'bucket', start_time: start, end_time: start + 86_400, results }] })

const preparations: Readonly<Record<string, Prepare>> = {
  'docs/api.md': async () => ({}),
  'docs/budgets.md': importedTerms,
  'docs/pools.md': importedTerms,
  async 'docs/custom-dialects.md'() {
    const page = readFileSync('docs/custom-dialects.md', 'utf8')
    const line = /`(\{"ts":.*?\})`/s.exec(page)?.[1] ?? ''
    const mapping = /```yaml\n(name: [\s\S]*?)```/.exec(page)?.[1] ?? ''
    return { 'my-gateway.yaml': file('my-gateway.yaml', mapping), 'my-gateway.log': file('my-gateway.log', `${line.replace(/\n/g, '')}\n`) }
  },
  async 'docs/prices.md'() {
    const list = '{"o-new": {"litellm_provider": "openai", "input_cost_per_token": 2e-06, "output_cost_per_token": 4e-06}}'
    const fixed = [
      ...['currency: USD', 'valid_from: 2026-10-01', 'valid_to: 2026-11-01', 'prices:'],
      '  - { provider: openai, model: gpt-4o, per_million_tokens: { input: 3, output: 12 } }\n',
    ].join('\n')
    return { 'new-list.json': file('new-list.json', list), 'fixed.yaml': file('fixed.yaml', fixed) }
  },
  async 'docs/reconciliation.md'(database, weir) {
    await importedTerms(database, weir)
    const page = readFileSync('docs/reconciliation.md', 'utf8')
    const costs = { object: 'organization.costs.result', amount: { value: 0.01, currency: 'usd' }, line_item: 'gpt-4o, input' }
    const usage = {
      object: 'organization.usage.completions.result',
      model: 'gpt-4o',
      input_tokens: 4_000,
      input_cached_tokens: 0,
      output_tokens: 0,
      num_model_requests: 1,
    }
    return {
      'costs.json': file('costs.json', bucket([costs])),
      'usage.json': file('usage.json', bucket([usage])),
      'invoice.csv': file('invoice.csv', 'Date,Model,Meter,Tokens,Amount\n2026-10-12,mistral-large,input tokens,3,0.01\n'),
      'invoice.yaml': file('invoice.yaml', /```yaml\n(provider: [\s\S]*?)```/.exec(page)?.[1] ?? ''),
    }
  },
  async 'docs/sending.md'({ clickhouse }) {
    await changeSource({ source: 'edge-7', isParked: true, reason: 'sends CSV' }, { clickhouse, now: () => NOW_MS - 60_000 })
    return {}
  },
  async 'docs/statements.md'() {
    return { 'october.html': join(directory, 'october.html') }
  },
  async 'docs/terms.md'() {
    const corrected = TERMS.replace('rate: 0.92', 'rate: 0.93')
    return { 'terms.yaml': file('terms.yaml', TERMS), 'corrected.yaml': file('corrected.yaml', corrected) }
  },
}

async function importedTerms(_database: TestClickHouse, weir: (command: string) => Promise<string>): Promise<Record<string, string>> {
  await weir(`weir terms import ${file('agreed.yaml', TERMS)}`)
  return {}
}

test('every page that shows commands is known, and none of its commands is missed', () => {
  const shown = shownCommands()
  assert.ok(pages.length > 15)
  assert.ok(shown.length >= 35, `${shown.length} commands were found`)
  const found = new Set(shown.map(({ page }) => page))
  for (const page of ['README.md', ...Object.keys(preparations)]) assert.ok(found.has(page), `${page} shows no command any more`)
})

test('every command that running text names is one of the program', async () => {
  const named = namedCommands()
  assert.ok(named.length > 10)
  for (const { page, command } of named) {
    const [, name = '', sub = ''] = wordsOf(command)
    const entry = commands.find(one => one.name === name)
    assert.ok(entry !== undefined || ['help', '--version'].includes(name), `${page}: ${command}`)
    if (entry === undefined || !/^[a-z]/.test(sub)) continue
    const { subCommands } = await entry.load()
    for (const one of sub.split('|')) assert.ok(subCommands[one] || subCommands[''], `${page}: ${command} (${one})`)
  }
})

for (const [page, shown] of Map.groupBy(shownCommands(), one => one.page)) {
  test(`the commands of ${page} do what it says`, async t => {
    const { weir, words } = await openPage(t, page)
    for (const { command } of shown) {
      if (command in scripts) {
        assert.ok(globSync(scripts[command] ?? '').length > 0, `${command} is run by ${scripts[command]}`)
        continue
      }
      const asWeir = command.replace(/^npm run report -- /, 'weir report ').replace(/^(npx |node bin\/)weir(\.mjs)?/, 'weir')
      const what = expected.find(([beginning]) => asWeir.startsWith(beginning))?.[1]
      assert.ok(what !== undefined, `no test says what this gives: ${command}`)
      const said = await weir(asWeir)
      assert.match(said, what.out, command)
      assert.doesNotMatch(said, /undefined|NaN|\[object/, command)
      // An id that a page shows stands for the one that closing has just given.
      const closed = /2026-10-acme-[0-9a-f]{8}/.exec(weir.notes)?.[0]
      if (closed !== undefined) words['2026-10-acme-822b33ad'] = closed
      if (asWeir.startsWith('weir terms import') && !asWeir.includes('--dry-run') && words['corrected.yaml'])
        words['terms.yaml'] = words['corrected.yaml']
    }
  })
}

/** A database with priced lines of October and November, and a `weir` that works on it and gives what it prints. */
async function openPage(t: TestContext, page: string) {
  const database = await openTestClickHouse(t)
  const { clickhouse, environment } = database
  const prices = await openPriceBookStore({}, { clickhouse })
  const lines = [Date.UTC(2026, 9, 12, 12), Date.UTC(2026, 10, 20, 12)].flatMap(at => [
    { at, tokens: 4_000 },
    { at, tokens: 1_000, tenant: 'globex' },
  ])
  const facts = {
    request_id: 'unpriced',
    input_tokens: 500,
    attempts_reported: 1,
    is_sole_row: true,
    offset: 1_000_000,
    received_at: NOW_MS,
  }
  const unpriced = attemptRow({ ...facts, started_at: Date.UTC(2026, 10, 20, 12), request_model: 'no-such-model', response_model: '' })
  await insertAttempts(clickhouse, [unpriced])
  await writeLedger(clickhouse, [unpriced])
  await settleWindows([...(await sendLines(clickhouse, lines)), unpriced.window_start], { clickhouse, prices, now: () => NOW_MS })
  const settings = readSettings({
    ...environment,
    WEIR_DATA_DIR: join(directory, 'data'),
    WEIR_TOKENS_FILE: join(directory, 'tokens.json'),
  })
  const words: Record<string, string> = {}
  const weir = Object.assign(
    async (command: string): Promise<string> => {
      const said = { out: '', err: '' }
      const argv = wordsOf(command)
        .slice(1)
        .flatMap(word => words[word] ?? (/[*]/.test(word) ? globSync(word).sort() : word))
      const code = await runProgram(commands, argv, {
        settings,
        now: () => NOW_MS,
        print: text => {
          said.out += `${text}\n`
        },
        note: text => {
          said.err += `${text}\n`
        },
        openClickHouse: async () => ({
          ...clickhouse,
          dataDir: settings.log.dataDir,
          brokers: [],
          place: 'a test',
          [Symbol.asyncDispose]: async () => {},
        }),
      })
      weir.notes = said.err
      assert.equal(code, 0, `${page}: ${command}\n${said.err}`)
      return said.out.trimEnd()
    },
    { notes: '' },
  )
  Object.assign(words, await preparations[page]?.(database, weir))
  return { weir, words }
}
