import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { answersPage } from '../../docs/pages/answers-page.ts'
import { auditPage } from '../../docs/pages/audit-page.ts'
import { questions } from '../../services/answers/questions.ts'

const pageOf = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8')

test('docs/answers.md and docs/audit.md are what the code says', () => {
  assert.equal(pageOf('answers.md'), answersPage())
  assert.equal(pageOf('audit.md'), auditPage())
})

test('every parameter and every figure of a finding says what it is', () => {
  for (const { name, parameters, finding } of questions) {
    for (const [field, schema] of Object.entries<{ description?: string }>({ ...parameters.properties, ...finding.properties })) {
      assert.ok(schema.description, `${name}: ${field} has no description`)
    }
  }
})
