import assert from 'node:assert/strict'
import { test } from 'node:test'
import { buildHarness, heldAppend } from './harness.ts'

test('a request under way when the service closes still gets its 202, and the line is in the log', async t => {
  const held = heldAppend()
  const harness = buildHarness(t, held)
  const address = await harness.app.listen({ port: 0, host: '127.0.0.1' })
  const answering = fetch(`${address}/v1/access-logs`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"a":1}' })
  await held.began
  const closed = harness.app.close()
  held.letEnd()
  assert.equal((await answering).status, 202)
  await closed
  assert.deepEqual(harness.lines(), ['{"a":1}'])
  await assert.rejects(fetch(`${address}/healthz`))
})
