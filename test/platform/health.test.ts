import assert from 'node:assert/strict'
import { test } from 'node:test'
import { buildProgress, openHealthServer } from '../../services/platform/health.ts'
import { buildMetrics } from '../../services/platform/metrics.ts'

function build() {
  const clock = { nowMs: 1_000 }
  return { clock, progress: buildProgress(() => clock.nowMs, { stalledAfterMs: 100 }) }
}

test('an idle loop is healthy for ever', () => {
  const { clock, progress } = build()
  progress.report('insert', { pending: true })
  progress.report('insert', { pending: false })
  clock.nowMs += 1_000_000
  assert.deepEqual(progress.check(), { isHealthy: true, reasons: [] })
})

test('a loop with waiting work is stalled once it has not moved for longer than allowed', () => {
  const { clock, progress } = build()
  progress.report('insert', { pending: true })
  clock.nowMs += 100
  assert.equal(progress.check().isHealthy, true)
  clock.nowMs += 1
  assert.deepEqual(progress.check(), { isHealthy: false, reasons: [{ loop: 'insert', stalled_ms: 101 }] })
  progress.report('insert', { pending: true })
  assert.equal(progress.check().isHealthy, true)
})

test('seeing lag again and again is no progress', () => {
  const { clock, progress } = build()
  for (let step = 0; step < 12; step++) {
    progress.expect('read')
    clock.nowMs += 10
  }
  assert.equal(progress.check().isHealthy, false)
})

test('one loop’s progress does not hide another’s stall', () => {
  const { clock, progress } = build()
  progress.report('read', { pending: true })
  progress.report('insert', { pending: true })
  clock.nowMs += 101
  progress.report('read', { pending: true })
  assert.deepEqual(
    progress.check().reasons.map(reason => 'loop' in reason && reason.loop),
    ['insert'],
  )
})

test('the probe server answers health with reasons, readiness and metrics, and nothing else', async () => {
  const { clock, progress } = build()
  const metrics = buildMetrics('settle')
  let isReady = false
  await using server = await openHealthServer(
    { host: '127.0.0.1', port: 0 },
    { progress, registry: metrics.registry, isReady: () => isReady },
  )
  const get = (path: string) => fetch(`http://127.0.0.1:${server.port}${path}`)
  assert.equal((await get('/healthz')).status, 200)
  progress.expect('settle')
  clock.nowMs += 200
  const sick = await get('/healthz?verbose')
  assert.equal(sick.status, 503)
  assert.deepEqual(await sick.json(), { status: 'stalled', reasons: [{ loop: 'settle', stalled_ms: 200 }] })
  assert.equal((await get('/readyz')).status, 503)
  isReady = true
  assert.equal((await get('/readyz')).status, 200)
  assert.match(await (await get('/metrics')).text(), /settle_windows_total\{cause="rows",service="settle"\} 0/)
  assert.equal((await get('/secrets')).status, 404)
})

test('a port that is taken rejects', async () => {
  const { progress } = build()
  const deps = { progress, registry: buildMetrics('settle').registry }
  await using server = await openHealthServer({ host: '127.0.0.1', port: 0 }, deps)
  await assert.rejects(openHealthServer({ host: '127.0.0.1', port: server.port }, deps), { code: 'EADDRINUSE' })
})
