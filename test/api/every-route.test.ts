import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FREE_ROUTES, LASTING_ROUTES } from '../../services/api/http/take-turns.ts'
import { openTestApi } from './fixture.ts'

test('every route that reads waits in the line of its token, and the others are never held up', async t => {
  const { promise: isAsked, resolve: asked } = Promise.withResolvers<void>()
  const { promise: answer, resolve: letAnswer } = Promise.withResolvers<void>()
  const beforeQuery = async () => {
    asked()
    await answer
  }
  const api = await openTestApi(t, { requestsAtOnce: 1, requestsOfTokenWaiting: 0, beforeQuery })
  const held = api.get('/v1/usage', 'fake-acme')
  await isAsked
  // What the API describes, so that a route which is added is asked too.
  const described = Object.entries((await api.get('/openapi.json')).body.paths as Record<string, object>)
  const reading = described.filter(([path, methods]) => 'get' in methods && ![...FREE_ROUTES, ...LASTING_ROUTES].includes(path))
  const paths = reading.map(([path]) => path.replace(/\{\w+\}/g, 'x'))
  assert.ok(paths.length >= 14, 'the routes were found')
  for (const path of paths) {
    const refused = await api.get(path, 'fake-acme')
    assert.deepEqual([refused.status, refused.body.code, refused.headers['retry-after']], [429, 'API_OVERLOADED', '5'], path)
    assert.equal((await api.get(path)).status, 401, `${path} without a token takes no place`)
  }
  for (const path of FREE_ROUTES.filter(path => path !== '/readyz')) assert.equal((await api.get(path, 'fake-acme')).status, 200, path)
  letAnswer()
  assert.equal((await held).status, 200)
  assert.equal((await api.get('/v1/usage', 'fake-acme')).status, 200, 'the place is free again')
})
