import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { nextAlerting, openAlerting } from '../../../services/alert/config/watch-alerting.ts'

const rule = (name: string, above: string) => `groups:
  - name: mine
    group_by: []
    rules:
      - { name: ${name}, summary: s, description: d, severity: page, above: ${above}, reads: { signal: data-late } }
`

test('changed rules come into force; faulty ones are told once, with their line, and what was in force stays', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-alerting-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const [file, rules] = [join(folder, 'alerting.yaml'), join(folder, 'rules.yaml')]
  writeFileSync(rules, rule('first', '1'))
  writeFileSync(file, `shipped_rules: false\nrules: ["${folder}/rules*.yaml"]\n`)
  const before = await openAlerting(file)
  const stop = new AbortController()
  const told: string[] = []
  const logger = { info: () => undefined, warn: (_fields: object, text: string) => told.push(text) }
  const next = nextAlerting(file, before, { logger: logger as never, everyMs: 2 }, stop.signal)
  writeFileSync(rules, rule('second', 'often'))
  while (told.length === 0) await new Promise(resolve => setImmediate(resolve))
  writeFileSync(join(folder, 'rules-more.yaml'), rule('third', '3'))
  while (told.length === 1) await new Promise(resolve => setImmediate(resolve))
  writeFileSync(rules, rule('second', '2'))
  const after = await next
  assert.deepEqual(
    after?.groups.flatMap(group => group.rules.map(({ name, timing }) => [name, timing.above])),
    [
      ['third', 3],
      ['second', 2],
    ],
  )
  assert.equal(told.length, 2)
  assert.match(told[0] ?? '', /what was in force stays: .*rules\.yaml:5/s)
})

test('without a file there is nothing to wait for but the end', async () => {
  const stop = new AbortController()
  const next = nextAlerting(undefined, await openAlerting(undefined), { logger: {} as never, everyMs: 1 }, stop.signal)
  stop.abort()
  assert.equal(await next, undefined)
})
