import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { answersPage } from '../../docs/pages/answers-page.ts'
import { questions } from '../../services/answers/questions.ts'

test('docs/answers.md is what the code says', () => {
  assert.equal(readFileSync(new URL('../../docs/answers.md', import.meta.url), 'utf8'), answersPage())
})

test('every parameter and every figure of a finding says what it is', () => {
  for (const { name, parameters, finding } of questions) {
    for (const [field, schema] of Object.entries<{ description?: string }>({ ...parameters.properties, ...finding.properties })) {
      assert.ok(schema.description, `${name}: ${field} has no description`)
    }
  }
})
