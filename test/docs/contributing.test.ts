import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { namedPaths, sectionOf } from './named-paths.ts'

const page = readFileSync('CONTRIBUTING.md', 'utf8')

test('every file that an addition needs exists', () => {
  const paths = namedPaths(page)
  assert.ok(paths.length > 35)
  assert.deepEqual(
    paths.filter(path => !existsSync(path)),
    [],
  )
})

test('every test that SECURITY.md names is there', () => {
  const paths = namedPaths(readFileSync('SECURITY.md', 'utf8'))
  assert.ok(paths.length > 8)
  assert.deepEqual(
    paths.filter(path => !existsSync(path)),
    [],
  )
})

test('each kind of addition is a numbered list of files', () => {
  for (const kind of ['A dialect (a gateway', 'An engine (a model server', 'A table', 'A command', 'A rule (what a report']) {
    const heading =
      page
        .split('\n')
        .find(line => line.startsWith(`## ${kind}`))
        ?.slice(3) ?? ''
    const steps = sectionOf(page, heading).match(/^\d+\. `[^`]+`/gm) ?? []
    assert.deepEqual(
      steps.map((_, index) => `${index + 1}. `),
      steps.map(step => /^\d+\. /.exec(step)?.[0]),
      kind,
    )
    assert.ok(steps.length >= 4, kind)
  }
})
