// Writes the pages of docs/ that come from code. Needs Node 24: node_modules/.bin/node bin/write-docs.mjs
import { readFileSync, writeFileSync } from 'node:fs'
import { alertingPage } from '../docs/pages/alerting-page.ts'
import { alertingFileSchema } from '../docs/pages/alerting-receivers.ts'
import { ruleFileSchema } from '../docs/pages/alerting-rules.ts'
import { answersPage } from '../docs/pages/answers-page.ts'
import { architecturePage } from '../docs/pages/architecture-page.ts'
import { auditPage } from '../docs/pages/audit-page.ts'
import { dashboardsPage } from '../docs/pages/dashboards-page.ts'
import { dialectsPage } from '../docs/pages/dialects-page.ts'
import { pricesPage } from '../docs/pages/prices-page.ts'
import { referencePages } from '../docs/pages/reference-pages.ts'

const pageOf = name => readFileSync(new URL(`../docs/${name}`, import.meta.url), 'utf8')
const pages = {
  ...referencePages(),
  'alerting.md': alertingPage(),
  'alerting-file.schema.json': alertingFileSchema(),
  'rules.schema.json': ruleFileSchema(),
  'answers.md': answersPage(),
  'audit.md': auditPage(),
  'dashboards.md': dashboardsPage(),
  'dialects.md': dialectsPage(),
  'prices.md': pricesPage(pageOf('prices.md')),
  'architecture.md': architecturePage(pageOf('architecture.md')),
}

for (const [name, text] of Object.entries(pages)) {
  writeFileSync(new URL(`../docs/${name}`, import.meta.url), text)
  console.log(`docs/${name}`)
}
