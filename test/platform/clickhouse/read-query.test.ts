import assert from 'node:assert/strict'
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { readQuery, readStatements } from '../../../services/platform/clickhouse/read-query.ts'

/** Files whose longer queries are still in TypeScript. The list only shrinks. */
const notYetMoved: readonly string[] = ['services/money/statements/store.ts']

test('a query is the text beside the module, without its comments', t => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-queries-'))
  t.after(() => rmSync(folder, { recursive: true }))
  mkdirSync(join(folder, 'queries'))
  const file = "-- What {place} is.\nSELECT 1 AS a, '-- b' AS b\n    -- Why; it is so.\nFROM t;\nSELECT ';' AS c;\n-- The end.\n"
  writeFileSync(join(folder, 'queries/some.sql'), file)
  const module = pathToFileURL(join(folder, 'module.ts')).href
  assert.equal(readQuery(module, 'some'), "SELECT 1 AS a, '-- b' AS b\nFROM t;\nSELECT ';' AS c;")
  assert.deepEqual(readStatements(module, 'some'), ["SELECT 1 AS a, '-- b' AS b\nFROM t", "SELECT ';' AS c"])
  assert.throws(() => readQuery(module, 'other'), { code: 'ENOENT' })
})

test('no query of more than a line stands in TypeScript, and none is loaded in another way', () => {
  const root = new URL('../../../', import.meta.url)
  const files = globSync('services/**/*.ts', { cwd: root }).map(file => ({ file, text: readFileSync(new URL(file, root), 'utf8') }))
  const ofSeveralLines = /`(WITH|SELECT|INSERT INTO|DELETE FROM|CREATE|ALTER)\b[^`]*\n[^`]*`/
  const inline = files.filter(({ text }) => ofSeveralLines.test(text) && !/node:sqlite/.test(text))
  assert.match('query(`SELECT 1\nFROM {database}.t`)', ofSeveralLines)
  assert.deepEqual(inline.map(({ file }) => file).sort(), [...notYetMoved].sort())
  const loading = files.filter(({ text }) => /readFileSync\(.*\.sql/.test(text)).map(({ file }) => file)
  assert.deepEqual(loading.sort(), ['services/platform/clickhouse/read-query.ts'])
})
