import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { buildSessions, SESSION_MS } from '../../services/api/session/sessions.ts'
import { HOUR_OF_TEST, openTestApi } from './fixture.ts'
import { assertClean, openTwoTenants } from './two-tenants.ts'

const api = await openTwoTenants({ after })

/** What a browser does: signs in and keeps the cookie. */
async function signIn(token: string, headers: Readonly<Record<string, string>> = {}) {
  const answer = await api.app.inject({
    method: 'POST',
    url: '/v1/session',
    headers: { host: 'localhost', ...headers },
    payload: { token },
  })
  const cookie = String(answer.headers['set-cookie'] ?? '')
  return { status: answer.statusCode, body: answer.json(), setCookie: cookie, cookie: cookie.split(';')[0] as string }
}
const write = (method: 'POST' | 'DELETE', url: string, headers: Readonly<Record<string, string>>, payload?: object) =>
  api.app.inject({ method, url, headers: { host: 'localhost', ...headers }, ...(payload && { payload }) })

test('a cookie of a session reads what its token reads, and nothing of another tenant', async () => {
  const { status, body, cookie, setCookie } = await signIn('fake-acme')
  assert.deepEqual([status, body.reader], [200, { name: 'acme', role: 'tenant', tenants: ['acme'], is_signed_in: true }])
  assert.match(setCookie, /^weir_session=[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict$/)
  assert.ok(!setCookie.includes('fake-acme'), 'the token is not in the cookie')
  for (const path of ['/v1/usage', '/v1/saturation', '/v1/completeness']) {
    const byCookie = await api.get(`${path}?${HOUR_OF_TEST}`, undefined, { cookie })
    assert.equal(byCookie.text, (await api.get(`${path}?${HOUR_OF_TEST}`, 'fake-acme')).text)
    assertClean(byCookie.text)
  }
  assert.equal((await api.get(`/v1/usage?${HOUR_OF_TEST}&tenant_id=globex`, undefined, { cookie })).status, 403)
  assert.equal((await api.get('/v1/session', undefined, { cookie })).body.reader.is_signed_in, true)
})

test('a header says more than a cookie', async () => {
  const { cookie } = await signIn('fake-operator')
  assert.equal((await api.get(`/v1/usage?${HOUR_OF_TEST}&tenant_id=globex`, 'fake-acme', { cookie })).status, 403)
  assert.equal((await api.get(`/v1/usage?${HOUR_OF_TEST}`, 'wrong', { cookie })).status, 401)
})

test('who has no token of a reader gets no session', async () => {
  for (const [token, status] of [
    ['wrong', 401],
    ['', 400],
    ['a b', 401],
    ['fake-sender', 403],
  ] as const) {
    const answer = await signIn(token)
    assert.deepEqual([answer.status, answer.setCookie], [status, ''], token)
  }
  assert.equal((await write('POST', '/v1/session', {}, { token: 'fake-acme', more: 1 })).statusCode, 200)
  assert.equal((await api.get('/v1/session')).body.reader, null)
  assert.equal((await api.get('/v1/usage', undefined, { cookie: 'weir_session=guess' })).status, 401)
  assert.equal((await api.get('/v1/usage', undefined, { cookie: `weir_session=${'a'.repeat(43)}` })).status, 401)
})

test('signing out ends the session for good', async () => {
  const { cookie } = await signIn('fake-acme')
  const out = await write('DELETE', '/v1/session', { cookie })
  assert.match(String(out.headers['set-cookie']), /^weir_session=; Path=\/; Max-Age=0; HttpOnly; SameSite=Strict$/)
  assert.equal(out.json().reader, null)
  assert.equal((await api.get('/v1/usage', undefined, { cookie })).status, 401)
})

test('over TLS the cookie never goes without', async () => {
  assert.match((await signIn('fake-acme', { host: 'weir.test', origin: 'https://weir.test' })).setCookie, /; Secure$/)
})

test('a page of another site can have a browser write nothing', async () => {
  const { cookie } = await signIn('fake-operator')
  const silence = { matchers: { rule: 'lag' }, until: '2026-01-31T12:00:00Z', author: 'a', comment: 'c' }
  const foreign = [
    { 'sec-fetch-site': 'cross-site', origin: 'https://evil.test' },
    { 'sec-fetch-site': 'same-site', origin: 'https://other.weir.test' },
    { origin: 'https://evil.test' },
    { origin: 'null' },
    { origin: 'http://localhost:9999' },
  ]
  for (const headers of foreign) {
    for (const [method, url] of [
      ['POST', '/v1/silences'],
      ['DELETE', '/v1/silences/x'],
      ['POST', '/v1/session'],
      ['DELETE', '/v1/session'],
    ] as const) {
      const answer = await write(method, url, { cookie, ...headers }, method === 'POST' ? silence : undefined)
      assert.deepEqual([answer.statusCode, answer.json().code], [403, 'API_FORBIDDEN'], `${method} ${url} from ${headers.origin}`)
    }
  }
  const own = await write('POST', '/v1/silences', { cookie, 'sec-fetch-site': 'same-origin', origin: 'http://localhost' }, silence)
  assert.equal(own.statusCode, 202)
  assert.equal((await write('POST', '/v1/silences', { authorization: 'Bearer fake-operator' }, silence)).statusCode, 202, 'a program')
})

test('without a tokens file nobody signs in, and other sites still write nothing', async t => {
  const open = await openTestApi(t, { isOpen: true })
  const { body } = await open.get('/v1/session')
  assert.deepEqual(body.reader, { name: '', role: 'operator', tenants: [], is_signed_in: false })
  const headers = { host: 'localhost', origin: 'https://evil.test' }
  assert.equal((await open.app.inject({ method: 'POST', url: '/v1/alerts/receivers/x/enable', headers })).statusCode, 403)
})

test('a session ends after twelve hours, and the oldest when there are too many', () => {
  let nowMs = 0
  const sessions = buildSessions({ now: () => nowMs })
  const first = sessions.begin('one')
  nowMs = SESSION_MS - 1
  assert.equal(sessions.bearerOf(first), 'one')
  nowMs = SESSION_MS
  assert.equal(sessions.bearerOf(first), undefined)
  const second = sessions.begin('two')
  for (let count = 0; count < 10_000; count++) sessions.begin('more')
  assert.equal(sessions.bearerOf(second), undefined)
})
