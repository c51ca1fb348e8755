import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { alertingPage } from '../../docs/pages/alerting-page.ts'
import { alertingFileSchema, EXAMPLE_FILE } from '../../docs/pages/alerting-receivers.ts'
import { EXAMPLE_RULES, ruleFileSchema } from '../../docs/pages/alerting-rules.ts'
import { readAlertingConfig } from '../../services/alert/config/read-alerting-config.ts'
import { readRules } from '../../services/alert/rules/read-rules.ts'

const read = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8')

test('docs/alerting.md and its schema are what the code says (write them with node bin/write-docs.mjs)', () => {
  assert.equal(read('alerting.md'), alertingPage())
  assert.equal(read('alerting-file.schema.json'), alertingFileSchema())
  assert.equal(read('rules.schema.json'), ruleFileSchema())
})

test('the rules that the page shows can be used as they stand', () => {
  assert.equal(readRules(EXAMPLE_RULES, 'example.yaml').length, 2)
})

test('the example can be used as it stands', () => {
  const config = readAlertingConfig(EXAMPLE_FILE, 'example.yaml')
  assert.equal(config.receivers.length, 6)
  assert.equal(config.routes.length, 5)
})
