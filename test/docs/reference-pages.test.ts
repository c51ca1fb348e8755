import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { referencePages } from '../../docs/pages/reference-pages.ts'
import { errorCatalogue } from '../../services/platform/errors.ts'

const read = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8')

for (const [name, text] of Object.entries(referencePages())) {
  test(`docs/${name} is what the code says (write it with node bin/write-docs.mjs)`, () => {
    assert.equal(read(name), text)
  })
}

test('docs/errors.md lists every code of the catalogue and no other', () => {
  const listed = [...read('errors.md').matchAll(/^\| `([A-Z0-9_]+)` \|/gm)].map(match => match[1])
  assert.deepEqual(listed, Object.keys(errorCatalogue))
})

test('every code names its group first and has a sentence that says what it means', () => {
  for (const [code, { meaning }] of Object.entries(errorCatalogue)) {
    assert.match(code, /^[A-Z]+(_[A-Z0-9]+)+$/)
    assert.match(meaning, /^[A-Z].*\.$/, code)
  }
})
