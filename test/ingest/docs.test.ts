import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parseTargetsConfig } from '../../services/ingest/discovery/targets-config.ts'
import { buildHarness } from './harness.ts'

const page = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8')

test('every address that the page on sending names is one that ingest has', async t => {
  const { app } = buildHarness(t)
  await app.ready()
  const paths = [...page('sending.md').matchAll(/weir\.example:8686(\/[\w/-]+)|uri: (\/[\w/-]+)|`POST (\/[\w/-]+)/g)].map(
    ([, ...found]) => found.find(Boolean) as string,
  )
  assert.ok(paths.length >= 8)
  for (const path of new Set(paths)) {
    // An exporter's base address, to which it adds the signal.
    const url = path === '/otlp' ? '/otlp/v1/logs' : path
    assert.ok(app.hasRoute({ method: 'POST', url }), path)
  }
})

test('every example of the page on scraping is a targets file', () => {
  const examples = [...page('scraping.md').matchAll(/```json\n(.*?)```/gs)].map(([, text]) =>
    parseTargetsConfig(text as string, 'docs/scraping.md'),
  )
  assert.deepEqual(
    examples.map(({ targets, dns, kubernetes }) => [targets.length, dns.length, kubernetes.length]),
    [
      [2, 0, 0],
      [1, 2, 1],
    ],
  )
})
