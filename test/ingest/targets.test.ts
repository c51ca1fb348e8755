import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { openTargets } from '../../services/ingest/discovery/open-targets.ts'
import { nextReadMs, parseTargets } from '../../services/ingest/targets.ts'
import { AppError } from '../../services/platform/errors.ts'

const file = JSON.stringify([
  { targets: ['10.0.0.1:8000', '10.0.0.2:8000'], labels: { pool: 'a', model: 'llama', region: 'eu', engine: 'vllm', job: 'ignored' } },
  { targets: ['[::1]:9000'], labels: { pool: 'b', __scheme__: 'https', __metrics_path__: '/stats' } },
])

test('the shape of Prometheus file_sd is read', () => {
  const targets = parseTargets(file, 'targets.json')
  assert.deepEqual(targets[1], {
    url: 'http://10.0.0.2:8000/metrics',
    endpoint: '10.0.0.2:8000',
    pool: 'a',
    engine: 'vllm',
    model: 'llama',
    region: 'eu',
  })
  assert.equal(targets[2]?.url, 'https://[::1]:9000/stats')
  assert.equal(targets[2]?.engine, undefined)
})

test('all faults of a file are told at once', () => {
  const text = JSON.stringify([
    { targets: ['h:1', 'h:1'] },
    { targets: ['x:2'], labels: { pool: 'a', __scheme__: 'ftp', __metrics_path__: 'stats' } },
  ])
  assert.throws(
    () => parseTargets(text, 'targets.json'),
    (error: Error) =>
      ['group 1 has no label "pool"', 'h:1/metrics is named twice', '"ftp"', '"stats"'].every(part => error.message.includes(part)),
  )
  for (const bad of [
    '',
    '{',
    '{}',
    '[{"targets":["no-port"]}]',
    '[{"targets":["http://h:1/metrics"],"labels":{"pool":"a"}}]',
    '[{"target":[]}]',
  ])
    assert.throws(
      () => parseTargets(bad, 'targets.json'),
      (error: unknown) => error instanceof AppError && error.code === 'SETTINGS_INVALID',
      bad,
    )
})

test('a change of the file is taken over; a faulty change keeps the last good list and is told once', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'weir-targets-'))
  t.after(() => rm(folder, { recursive: true }))
  const path = join(folder, 'targets.json')
  const warnings: string[] = []
  const logger = { info() {}, warn: (_fields: object, message: string) => void warnings.push(message) }
  await writeFile(path, file)
  await using targets = await openTargets(path, { logger })
  assert.equal(targets.current().length, 3)
  await writeFile(path, '[{"targets":')
  await targets.refresh()
  await targets.refresh()
  assert.equal(targets.current().length, 3)
  assert.equal(warnings.length, 1)
  await rm(path)
  await targets.refresh()
  assert.equal(targets.current().length, 3)
  await writeFile(path, '[]')
  await targets.refresh()
  assert.deepEqual(targets.current(), [])
})

test('a missing file stops the start with a clear error', async () => {
  await assert.rejects(
    openTargets('/nonexistent/targets.json', { logger: { info() {}, warn() {} } }),
    (error: unknown) =>
      error instanceof AppError && error.code === 'SETTINGS_INVALID' && error.message.includes('/nonexistent/targets.json'),
  )
})

test('a target is read once in every interval, at its own moment of it', () => {
  fc.assert(
    fc.property(fc.webUrl(), fc.integer({ min: 1, max: 60_000 }), fc.integer({ min: 0, max: 2 ** 41 }), (url, intervalMs, nowMs) => {
      const dueMs = nextReadMs({ url }, intervalMs, nowMs)
      assert.ok(dueMs >= nowMs && dueMs < nowMs + intervalMs)
      assert.equal(nextReadMs({ url }, intervalMs, dueMs), dueMs)
      assert.equal(nextReadMs({ url }, intervalMs, dueMs + 1), dueMs + intervalMs)
    }),
  )
  const moments = new Set(Array.from({ length: 100 }, (_, n) => nextReadMs({ url: `http://h${n}:1/metrics` }, 5_000, 0)))
  assert.ok(moments.size > 90)
})
