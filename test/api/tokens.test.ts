import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { readTokensFile } from '../../services/platform/tokens-file.ts'
import { HOUR_OF_TEST, openTestApi } from './fixture.ts'

const folder = mkdtempSync(join(tmpdir(), 'weir-tokens-'))
after(() => rmSync(folder, { recursive: true }))
const tokensFile = join(folder, 'tokens.json')
const api = await openTestApi({ after }, { tokensFile })

test('an operator makes, lists and revokes tokens; the list tells no hash and no token', async () => {
  const made = await api.send('POST', '/v1/tokens', { name: 'edge', role: 'sender', source: 'eu', tenants: ['acme'] }, 'fake-operator')
  assert.equal(made.status, 201, made.text)
  assert.match(made.body.token, /^weir_/)
  const [entry] = await readTokensFile(tokensFile)
  assert.deepEqual([entry?.name, entry?.role, entry?.source, entry?.tenants], ['edge', 'sender', 'eu', ['acme']])
  const listed = await api.get('/v1/tokens', 'fake-operator')
  assert.deepEqual(
    listed.body.tokens.map(({ id, name }: { id: string; name: string }) => [id, name]),
    [[made.body.id, 'edge']],
  )
  assert.ok(!listed.text.includes(made.body.token) && !listed.text.includes(String(entry?.token_sha256)))
  assert.equal((await api.send('DELETE', `/v1/tokens/${made.body.id}`, undefined, 'fake-operator')).status, 200)
  assert.deepEqual(await readTokensFile(tokensFile), [])
  assert.equal((await api.send('DELETE', `/v1/tokens/${made.body.id}`, undefined, 'fake-operator')).status, 400)
})

test('nobody else sees or changes tokens, and what cannot be a token is refused by name', async () => {
  for (const token of ['fake-acme', 'fake-finance', 'fake-sender']) {
    assert.equal((await api.get('/v1/tokens', token)).status, 403, token)
    assert.equal((await api.send('POST', '/v1/tokens', { name: 'me', role: 'operator' }, token)).status, 403, token)
    assert.equal((await api.send('DELETE', '/v1/tokens/x', undefined, token)).status, 403, token)
  }
  assert.equal((await api.get('/v1/tokens')).status, 401)
  for (const body of [{ name: 'x', role: 'admin' }, { name: 'x', role: 'tenant' }, { name: 'x', role: 'operator', token_sha256: 'a' }, {}])
    assert.deepEqual((await api.send('POST', '/v1/tokens', body, 'fake-operator')).status, 400, JSON.stringify(body))
  assert.deepEqual(await readTokensFile(tokensFile), [])
})

test('finance reads usage, charges and statements of all, and nothing of who called', async () => {
  for (const path of ['/v1/usage', '/v1/charges', '/v1/pool-costs', '/v1/completeness', '/v1/answers/movers', '/v1/panels/who-spends'])
    assert.equal((await api.get(`${path}?${HOUR_OF_TEST}`, 'fake-finance')).status, 200, path)
  const described = Object.entries((await api.get('/openapi.json')).body.paths as Record<string, object>)
  const may = [
    'usage',
    'charges',
    'pool-costs',
    'pool-use',
    'budgets',
    'completeness',
    'statements',
    'export',
    'panels',
    'stream',
    'session',
  ]
  const answers = ['movers', 'unexpected', 'caches', 'goodput', 'whatif', 'gaps']
  for (const [path, methods] of described) {
    const [, , room = '', question = ''] = path.split('/')
    const isOfMoney = room === 'answers' ? answers.includes(question) : may.includes(room)
    if (isOfMoney || !('get' in methods)) continue
    const { status } = await api.get(`${path.replace(/\{\w+\}/g, 'x')}?${HOUR_OF_TEST}`, 'fake-finance')
    assert.equal(status, 403, path)
  }
})
