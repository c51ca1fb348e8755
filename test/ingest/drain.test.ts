import assert from 'node:assert/strict'
import { test } from 'node:test'
import { buildHarness } from './harness.ts'

test('a request under way when the service closes still gets its 202, and the line is in the log', async t => {
  const gate = Promise.withResolvers<void>()
  const began = Promise.withResolvers<void>()
  const harness = buildHarness(t, {
    beforeAppend: () => {
      began.resolve()
      return gate.promise
    },
  })
  const address = await harness.app.listen({ port: 0, host: '127.0.0.1' })
  const answering = fetch(`${address}/v1/access-logs`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"a":1}' })
  await began.promise
  const closed = harness.app.close()
  gate.resolve()
  assert.equal((await answering).status, 202)
  await closed
  assert.deepEqual(harness.lines(), ['{"a":1}'])
  await assert.rejects(fetch(`${address}/healthz`))
})
