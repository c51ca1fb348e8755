// Writes dashboards/generated: Grafana's dashboards and provisioning files. Needs Node 24: node_modules/.bin/node bin/write-dashboards.mjs
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { generatedFiles } from '../docs/pages/generated-dashboards.ts'

for (const [name, text] of Object.entries(generatedFiles())) {
  const file = new URL(`../dashboards/generated/${name}`, import.meta.url)
  mkdirSync(dirname(file.pathname), { recursive: true })
  writeFileSync(file, text)
  console.log(`dashboards/generated/${name}`)
}
