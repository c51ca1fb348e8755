import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { alertingPage } from '../../docs/pages/alerting-page.ts'
import { alertingFileSchema, EXAMPLE_FILE } from '../../docs/pages/alerting-receivers.ts'
import { readAlertingConfig } from '../../services/alert/config/read-alerting-config.ts'

const read = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8')

test('docs/alerting.md and its schema are what the code says (write them with node bin/write-docs.mjs)', () => {
  assert.equal(read('alerting.md'), alertingPage())
  assert.equal(read('alerting-file.schema.json'), alertingFileSchema())
})

test('the example can be used as it stands', () => {
  const config = readAlertingConfig(EXAMPLE_FILE, 'example.yaml')
  assert.equal(config.receivers.length, 6)
  assert.equal(config.routes.length, 5)
})
