import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { dialectsPage } from '../../docs/pages/dialects-page.ts'
import { dialects } from '../../schemas/dialects/registry.ts'
import { readExamples } from '../../schemas/examples.ts'

const page = dialectsPage()

test('docs/dialects.md is what the tables and the corpus say now', () => {
  const written = readFileSync(new URL('../../docs/dialects.md', import.meta.url), 'utf8')
  assert.ok(written === page, 'docs/dialects.md is stale: run node_modules/.bin/node bin/write-docs.mjs')
})

test('the page names every dialect, every source field and every example', () => {
  for (const dialect of dialects) {
    assert.ok(page.includes(`## ${dialect.name}\n`), dialect.name)
    for (const rule of Object.values({ ...dialect.fields, ...dialect.facts }))
      for (const path of rule.from) assert.ok(page.includes(`\`${path}\``), path)
  }
  for (const { dialect, name } of readExamples()) assert.ok(page.includes(`schemas/examples/${dialect}/${name}.json`), name)
})
