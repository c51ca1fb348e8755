import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { openTestApi } from './fixture.ts'

const api = await openTestApi({ after })
const page = await api.get('/console')
const paths = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path as string)

test('a browser that opens the address is led to the console, a program is told of the API', async () => {
  const browser = await api.get('/', undefined, { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' })
  assert.deepEqual([browser.status, browser.headers['location'], browser.headers['vary']], [302, '/console', 'accept'])
  assert.equal((await api.get('/', undefined, { accept: '*/*' })).body.name, 'Weir read API')
})

test('the page runs no inline script, loads from here alone and is in nobody’s frame', () => {
  assert.equal(page.status, 200)
  const policy = String(page.headers['content-security-policy'])
  for (const rule of ["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"]) {
    assert.ok(policy.split('; ').includes(rule), rule)
  }
  assert.doesNotMatch(policy, /unsafe|\*/)
  assert.doesNotMatch(page.text, /<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=/i)
  assert.equal(page.headers['referrer-policy'], 'no-referrer')
})

test('everything that the page names is there, and its modules import only what is served', async () => {
  assert.ok(paths.length > 20, 'modules and styles were found')
  for (const path of paths) {
    const { status, headers, text } = await api.get(path)
    assert.equal(status, 200, path)
    assert.match(String(headers['cache-control']), /immutable/)
    if (!/\.(?:ts|m?js)$/.test(path)) continue
    assert.match(String(headers['content-type']), /^text\/javascript/)
    for (const [, name] of text.matchAll(/\b(?:from|import)\s*["']([^"'\s]+)["']/g)) {
      const target = new URL(name as string, `http://here${path}`).pathname
      assert.ok(paths.includes(target), `${path} imports ${name}`)
    }
  }
})

test('types are gone from what browsers get', async () => {
  const main = await api.get(paths.find(path => path.endsWith('/words/numbers.ts')) ?? '')
  assert.match(main.text, /export function moneyText\(value\s*, currency\s*, locale\s*\)/)
})

test('all of it is at most 150 KB compressed', async () => {
  let bytes = 0
  for (const path of paths) bytes += Number((await api.get(path, undefined, { 'accept-encoding': 'br' })).headers['content-length'])
  assert.ok(bytes > 20_000 && bytes < 150_000, `${bytes} bytes`)
})

test('each encoding holds the same file', async () => {
  const path = paths.find(one => one.endsWith('main.ts')) as string
  const raw = async (encoding: string) => {
    const answer = await api.app.inject({ url: path, headers: { host: 'localhost', 'accept-encoding': encoding } })
    return { body: answer.rawPayload, encoding: answer.headers['content-encoding'] }
  }
  const plain = await raw('identity')
  assert.equal(plain.encoding, undefined)
  const [br, gzip] = [await raw('gzip, br'), await raw('gzip')]
  assert.deepEqual([br.encoding, gzip.encoding], ['br', 'gzip'])
  assert.deepEqual(brotliDecompressSync(br.body), plain.body)
  assert.deepEqual(gunzipSync(gzip.body), plain.body)
})

test('the page is asked for again and answered 304 while it is the same', async () => {
  const { etag } = page.headers
  assert.equal((await api.get('/console/tenants/acme', undefined, { 'if-none-match': String(etag) })).status, 304)
  assert.equal((await api.get('/console', undefined, { 'if-none-match': '"other"' })).status, 200)
})

test('any address of the console is its page, and files outside of it cannot be had', async () => {
  for (const path of ['/console/', '/console/pools', '/console/tenants/%3Cscript%3E', '/console/requests/a/b']) {
    const answer = await api.get(path)
    assert.deepEqual([answer.status, answer.text], [200, page.text], path)
  }
  const version = /\/v\/(\w+)\//.exec(paths[0] ?? '')?.[1]
  const tries = [
    `/console/v/${version}/app/../../../package.json`,
    `/console/v/${version}/app/..%2f..%2f..%2fpackage.json`,
    `/console/v/${version}/packages/%2e%2e/%2e%2e/package.json`,
    `/console/v/${version}/packages/../package.json`,
    `/console/v/${version}/packages/fastify/package.json`,
    `/console/v/${version}/app/tsconfig.json`,
    `/console/v/${version}/app/__proto__`,
    `/console/v/${version}//etc/passwd`,
    '/console/v/000000000000/app/main.ts',
    '/console/v/',
  ]
  for (const path of tries) {
    const { status, text } = await api.get(path)
    assert.ok(status === 404 || text === page.text || status === 400, `${path} answered ${status}`)
    assert.doesNotMatch(text, /"dependencies"|compilerOptions|root:/, path)
  }
})
