// Writes the pages of docs/ that come from code. Needs Node 24: node_modules/.bin/node bin/write-docs.mjs
import { writeFileSync } from 'node:fs'
import { dialectsPage } from '../docs/pages/dialects-page.ts'
import { referencePages } from '../docs/pages/reference-pages.ts'

for (const [name, text] of Object.entries({ ...referencePages(), 'dialects.md': dialectsPage() })) {
  writeFileSync(new URL(`../docs/${name}`, import.meta.url), text)
  console.log(`docs/${name}`)
}
