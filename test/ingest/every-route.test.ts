import assert from 'node:assert/strict'
import { test } from 'node:test'
import { buildHarness, type Harness, heldAppend, post } from './harness.ts'

const TOKENS = { 'fake-edge': { name: 'edge', role: 'sender' as const } }
const headers = { authorization: 'Bearer fake-edge' }

/** The paths that take bodies, out of what the server itself lists: a route that is added is asked too. */
function bodyPaths({ app }: Harness): string[] {
  const stack: string[] = []
  const paths: string[] = []
  for (const line of app.printRoutes({ commonPrefix: false }).split('\n')) {
    const [, indent = '', part = '', methods = ''] = /^([│ ]*)[├└]── (\S+)(?: \(([A-Z, ]+)\))?$/.exec(line) ?? []
    stack.length = indent.length / 4
    stack.push(part)
    if (methods.includes('POST')) paths.push(stack.join(''))
  }
  return paths
}

async function ask(harness: Harness, url: string, headers: Record<string, string>): Promise<number> {
  const type = url.startsWith('/api/v1/write') ? 'application/x-protobuf' : 'application/json'
  const query = url === '/v1/engine-metrics' ? '?pool=llama' : ''
  const answer = await harness.app.inject({
    method: 'POST',
    url: url + query,
    headers: { 'content-type': type, ...headers },
    payload: '{}',
  })
  return answer.statusCode
}

test('every route that takes a body asks for the token and holds a sender to its rate', async t => {
  const harness = buildHarness(t, { config: { maxBytesPerSecond: 1 }, tokens: TOKENS })
  await harness.app.ready()
  const paths = bodyPaths(harness)
  for (const path of ['/v1/access-logs', '/v1/engine-metrics', '/otlp/v1/logs', '/otlp/v1/traces', '/otlp/v1/metrics', '/api/v1/write'])
    assert.ok(paths.includes(path), `${path} is listed in ${paths.join(', ')}`)
  assert.equal((await post(harness, '{"a":"a long line"}', { headers })).status, 202)
  for (const path of paths) {
    assert.equal(await ask(harness, path, headers), 429, path)
    assert.equal(await ask(harness, path, {}), 401, path)
  }
})

test('every route that takes a body counts against the bytes that its sender may hold at once', { timeout: 30_000 }, async t => {
  const held = heldAppend()
  const harness = buildHarness(t, { config: { maxBytesInFlight: 57 }, tokens: TOKENS, ...held })
  await harness.app.ready()
  const underWay = post(harness, `{"a":"${'x'.repeat(20)}"}`, { headers })
  await held.began
  for (const path of bodyPaths(harness)) assert.equal(await ask(harness, path, headers), 503, path)
  held.letEnd()
  assert.equal((await underWay).status, 202)
})
