import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { termsCommand } from '../../services/cli/terms/terms-command.ts'
import { importFirstTerms } from '../../services/money/terms/first-terms.ts'
import { readTerms } from '../../services/money/terms/terms-store.ts'
import { openTestClickHouse } from '../fakes/clickhouse-server.ts'
import { runTool } from './run-tool.ts'

const folder = mkdtempSync(join(tmpdir(), 'weir-terms-'))
after(() => rmSync(folder, { recursive: true, force: true }))
function write(name: string, content: string): string {
  writeFileSync(join(folder, name), content)
  return join(folder, name)
}

const gold = (discount: string) => `rate_cards:\n  - id: gold\n    terms:\n      - { id: t, discount: ${discount} }\n`

test('terms are imported as versions; the past changes by correction only; faults store nothing', async t => {
  const database = await openTestClickHouse(t)
  const terms = (...args: string[]) => runTool(termsCommand, args, database)
  const version = async () => (await readTerms(database.clickhouse)).version
  assert.equal((await terms('show')).code, 0)
  assert.equal(await version(), 0)
  const first = write('first.yaml', gold('0.1'))
  assert.equal((await terms('import', first, '--dry-run')).code, 0)
  assert.equal(await version(), 0)
  assert.match((await terms('import', first, '--reason', 'contracts')).out, /version 1 of the billing terms is in force/)
  assert.match((await terms('import', first)).out, /nothing to do/)

  const second = write('second.yaml', gold('0.2'))
  const refused = await terms('import', second)
  assert.equal(refused.code, 1)
  assert.match(refused.err, /rate_cards gold terms.*weir terms correct/)
  assert.equal(await version(), 1)
  assert.equal((await terms('correct', second)).code, 2)
  assert.equal((await terms('correct', second, '--reason', 'it was 20 %', '--by', 'ann')).code, 0)
  assert.equal(await version(), 2)

  const faulty = await terms('import', write('faulty.yaml', gold('much')))
  assert.equal(faulty.code, 1)
  assert.match(faulty.err, /faulty\.yaml:4: discount: "much" is not a part from 0 to 1/)
  assert.equal((await terms('check', join(folder, 'none.yaml'))).code, 1)
  assert.match((await terms('check', second)).out, /is right: 0 tenants, 1 rate_cards/)
  assert.match(
    (await terms('check', write('open.yaml', 'currency: EUR'))).err,
    /leaves open.*\n- exchange_rates: none from USD to EUR in force/,
  )
  assert.equal(await version(), 2)

  const history = JSON.parse((await terms('history', '--format', 'json')).out) as { version: number; kind: string; imported_by: string }[]
  assert.deepEqual(
    history.map(row => [row.version, row.kind, row.imported_by === 'ann']),
    [
      [2, 'correct', true],
      [1, 'import', false],
    ],
  )
  assert.equal(`${(await terms('show', '--version', '1')).out}\n`, gold('0.1'))
  assert.equal((await terms('show', '--version', '9')).code, 1)
})

test('an installation begins with the terms of its file, once', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const termsFile = write('start.yaml', 'issuer: Start\n')
  await Promise.all([1, 2].map(() => importFirstTerms({ termsFile }, { clickhouse, nowMs: 0 })))
  writeFileSync(termsFile, 'issuer: Later\n')
  await importFirstTerms({ termsFile }, { clickhouse, nowMs: 0 })
  const terms = await readTerms(clickhouse)
  assert.deepEqual([terms.issuer, terms.version], ['Start', 1])
})
