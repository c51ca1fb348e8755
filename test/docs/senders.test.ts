import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parse } from 'yaml'

const names = readdirSync('deploy/senders').sort()
const page = readFileSync('docs/sending.md', 'utf8')

test('docs/sending.md shows what deploy/senders holds, word by word', () => {
  assert.ok(names.length >= 7)
  for (const name of names) assert.ok(page.includes(`\`\`\`yaml\n${readFileSync(`deploy/senders/${name}`, 'utf8')}\`\`\``), name)
})

test('each is YAML, leads to ingest and holds no token', () => {
  for (const name of names) {
    const text = readFileSync(`deploy/senders/${name}`, 'utf8')
    assert.equal(typeof parse(text), 'object', name)
    assert.match(text, /8686/, name)
    assert.match(text, /\bTOKEN\b/, name)
  }
})

test('the console offers each of them', () => {
  const source = readFileSync('services/console/pages/connect.ts', 'utf8')
  assert.deepEqual([...source.matchAll(/file: '([^']+)'/g)].map(([, file]) => file).sort(), names)
})
