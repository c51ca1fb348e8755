import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { pricesPage } from '../../docs/pages/prices-page.ts'
import { billedUnitNames } from '../../schemas/billed-units.ts'

const page = readFileSync(new URL('../../docs/prices.md', import.meta.url), 'utf8')

test('docs/prices.md holds what the code says (write it with node bin/write-docs.mjs)', () => {
  assert.ok(pricesPage(page) === page, 'docs/prices.md is stale: run node_modules/.bin/node bin/write-docs.mjs')
})

test('the page names every billed unit and every key of the list once', () => {
  for (const name of [...billedUnitNames, 'regional_processing_uplift_multiplier_eu', 'web_search_billing_unit'])
    assert.equal(page.split(`\n| \`${name}\` |`).length, 2, name)
})
