import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { pricesCommand } from '../../services/cli/prices/prices-command.ts'
import { OWN_COLUMNS } from '../../services/money/price-book/own-row.ts'
import { readPriceFile } from '../../services/money/price-book/read-price-file.ts'

const page = readFileSync(new URL('../../docs/prices.md', import.meta.url), 'utf8')
const blocks = (language: string) => [...page.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 'gs'))].map(found => found[1] ?? '')

test('the example files of docs/prices.md are read without a fault', () => {
  const rows = { yaml: 7, csv: 3 }
  for (const [format, count] of Object.entries(rows)) {
    const [text] = blocks(format)
    const file = readPriceFile(text ?? '', undefined, { name: `own.${format}`, source: 'own', valid_from: 0, valid_to: null })
    assert.deepEqual([file.refused, file.rows.length], [[], count], format)
  }
})

test('docs/prices.md names every sub-command, only options that exist, and every column of an own file', () => {
  for (const name of Object.keys(pricesCommand.subCommands)) assert.ok(new RegExp(`weir(\\.mjs)? prices ${name}`).test(page), name)
  const options = new Set(Object.values(pricesCommand.subCommands).flatMap(sub => Object.keys(sub.options ?? {})))
  for (const [, option] of page.matchAll(/--([a-z][a-z-]*)/g)) assert.ok(option === 'help' || options.has(option ?? ''), `--${option}`)
  for (const column of OWN_COLUMNS) assert.ok(page.includes(`\`${column}\``), column)
})
