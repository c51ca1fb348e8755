import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { suite, test } from 'node:test'
import { outcomeOfAnswer } from '../../../services/alert/sending/outcome-of-answer.ts'
import { type Post, type PostConfig, post } from '../../../services/alert/sending/post.ts'
import { openTestServer, status } from './misbehaving-server.ts'

const NOW = Date.parse('2026-11-28T10:00:00Z')
const config: PostConfig = { isOfTenant: false, allowsPlainHttp: true, privateTargets: ['127.0.0.0/8'] }
const message = (url: string): Post => ({
  url,
  headers: { authorization: 'Bearer fake-marked-secret' },
  body: '{"x":1}',
  secrets: ['fake-marked-secret'],
})
const send = (
  url: string,
  over: Partial<PostConfig> = {},
  resolve: (host: string) => Promise<string[]> = neverAsked,
  signal = neverAborted,
) => post(message(url), { ...config, ...over }, { resolve, now: () => NOW }, signal)
const neverAsked = (host: string): Promise<string[]> => Promise.reject(new Error(`nobody should look up ${host}`))
const neverAborted = new AbortController().signal

suite('one try of sending', () => {
  test('a message arrives whole, and any 2xx is its delivery', async () => {
    for (const code of [200, 201, 202, 204]) {
      await using server = await openTestServer(status(code))
      assert.deepEqual(await send(server.url), { outcome: 'delivered', status: code, detail: `answered ${code}` })
      const [got] = server.got
      assert.deepEqual([got?.method, got?.path, got?.body], ['POST', '/hook', '{"x":1}'])
      assert.deepEqual([got?.headers['content-type'], got?.headers.authorization], ['application/json', 'Bearer fake-marked-secret'])
    }
  })

  test('each status ends as the delivery rules say', async () => {
    for (const [code, outcome] of [
      [400, 'refused'],
      [401, 'refused'],
      [404, 'refused'],
      [413, 'refused'],
      [408, 'retry'],
      [425, 'retry'],
      [429, 'retry'],
      [410, 'gone'],
      [500, 'retry'],
      [502, 'retry'],
      [503, 'retry'],
      [504, 'retry'],
    ] as const) {
      await using server = await openTestServer(status(code))
      assert.deepEqual(await send(server.url), { outcome, status: code, detail: `answered ${code}` })
    }
  })

  test('Retry-After is taken in seconds and as a date', async () => {
    for (const [header, waitMs] of [
      ['120', 120_000],
      ['0', 0],
      ['Sat, 28 Nov 2026 10:01:30 GMT', 90_000],
      ['Sat, 28 Nov 2026 09:00:00 GMT', 0],
      ['999999999', 86_400_000],
      ['soon', undefined],
      ['-5', undefined],
      ['1e9', undefined],
    ] as const) {
      await using server = await openTestServer(status(429, { 'retry-after': header }))
      assert.equal((await send(server.url)).retryAfterMs, waitMs, header)
    }
  })

  test('a redirect is not followed, to wherever', async () => {
    for (const code of [301, 302, 307, 308]) {
      await using elsewhere = await openTestServer(status(200))
      for (const location of ['http://169.254.169.254/latest/meta-data/', elsewhere.url]) {
        await using server = await openTestServer(status(code, { location }))
        const { outcome, status: told, detail } = await send(server.url)
        assert.deepEqual([outcome, told], ['refused', code])
        assert.ok(!detail.includes('169.254'), detail)
      }
      assert.equal(elsewhere.got.length, 0)
    }
  })

  test('an answer that drips ends with the time-out and is tried again', async () => {
    // A plain socket: it sends a header line now and then, and never the end of the headers.
    const drips: NodeJS.Timeout[] = []
    const server = createServer(socket => {
      socket.on('error', () => {})
      socket.write('HTTP/1.1 200 OK\r\n')
      drips.push(setInterval(() => socket.write('x-drip: 1\r\n'), 20))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    const answer = await send(`http://127.0.0.1:${port}/`, { timeoutMs: 200 })
    assert.deepEqual(answer, { outcome: 'retry', status: null, detail: 'no answer in time' })
    for (const drip of drips) clearInterval(drip)
    server.close()
  })

  test('the status decides: a body that drips or never ends is not waited for and not taken in', async () => {
    const chunk = Buffer.alloc(64 * 1024, 'x')
    let sent = 0
    await using endless = await openTestServer(response => {
      response.writeHead(200)
      const more = () => {
        while (sent < 2 ** 30 && !response.destroyed) {
          sent += chunk.length
          if (!response.write(chunk)) return void response.once('drain', more)
        }
      }
      more()
    })
    assert.equal((await send(endless.url)).outcome, 'delivered')
    assert.ok(sent < 64 * 1024 * 1024, `${sent} bytes of a gigabyte were taken`)
    await using dripping = await openTestServer(response => void response.writeHead(200).write('.'))
    assert.equal((await send(dripping.url, { timeoutMs: 100 })).outcome, 'delivered')
  })

  test('what cannot be reached is tried again', async () => {
    const closed = await openTestServer(status(200))
    await closed[Symbol.asyncDispose]()
    assert.deepEqual(await send(closed.url), { outcome: 'retry', status: null, detail: 'the connection was refused' })
    await using cut = await openTestServer(response => void response.destroy())
    assert.deepEqual(await send(cut.url), { outcome: 'retry', status: null, detail: 'the connection was cut' })
    assert.equal((await send('https://nowhere.example/', {}, async () => [])).outcome, 'retry')
    assert.equal((await send('https://nowhere.example/', {}, () => Promise.reject(new Error('ENOTFOUND')))).outcome, 'retry')
  })

  test('an expired certificate is told, and nothing is sent', async () => {
    await using server = await openTestServer(status(200), { secure: true })
    assert.deepEqual(await send(server.url), { outcome: 'retry', status: null, detail: 'its certificate has expired' })
    assert.equal(server.got.length, 0)
  })

  test('a stop ends the try at once, in a lookup too', async () => {
    const stop = AbortSignal.abort()
    assert.deepEqual(await send('http://127.0.0.1:1/', {}, neverAsked, stop), { outcome: 'retry', status: null, detail: 'stopped' })
    const late = new AbortController()
    const answer = send('https://slow.example/', {}, () => new Promise(() => {}), late.signal)
    late.abort()
    assert.equal((await answer).detail, 'stopped')
    assert.equal((await send('https://slow.example/', { timeoutMs: 20 }, () => new Promise(() => {}))).detail, 'no answer in time')
  })

  test('a receiver that echoes secrets has them taken out', async () => {
    await using server = await openTestServer((response, { headers, path }) => {
      response.writeHead(400).end(`no\u0000 entry\n for ${headers.authorization} fake-marked-secret at ${path}${'.'.repeat(5_000)}`)
    })
    const { detail } = await send(server.url)
    assert.match(detail, /^answered 400: no entry for /)
    assert.ok(!detail.includes('fake-marked-secret'), detail)
    assert.ok(detail.length < 160, detail)
    await using quoting = await openTestServer(status(404, {}, 'no hook T0FAKE99 B0FAKE99 here'))
    assert.equal((await send(`${quoting.url}/T0FAKE99/B0FAKE99?x=1`)).detail, 'answered 404: no hook (not shown) (not shown) here')
  })

  test('what a receiver of a tenant answers is never quoted', () => {
    for (const status of [302, 400, 410, 500]) {
      const { detail } = outcomeOfAnswer(
        { status, retryAfter: undefined, said: 'instance-id: i-123' },
        { isQuoted: false, secrets: [] },
        NOW,
      )
      assert.ok(!detail.includes('instance'), detail)
    }
  })
})

suite('where a message may go', () => {
  test('a name is connected at the address that was checked, and looked up for every try anew', async () => {
    await using server = await openTestServer(status(200))
    const answers = [['127.0.0.1'], ['169.254.169.254'], ['127.0.0.1', '10.0.0.1']]
    const asked: string[] = []
    const resolve = async (host: string) => {
      asked.push(host)
      return answers.shift() ?? []
    }
    const url = `http://hooks.weir.example:${server.port}/hook`
    assert.equal((await send(url, {}, resolve)).outcome, 'delivered')
    assert.equal(server.got[0]?.headers.host, `hooks.weir.example:${server.port}`)
    for (const _ of [2, 3])
      assert.deepEqual(await send(url, {}, resolve), {
        outcome: 'refused',
        status: null,
        detail: 'hooks.weir.example is not a public address; private_targets can allow it',
      })
    assert.deepEqual(asked, ['hooks.weir.example', 'hooks.weir.example', 'hooks.weir.example'])
    assert.equal(server.got.length, 1)
  })

  test('a receiver of a tenant reaches nothing on this machine, in whatever form it is written', async () => {
    await using server = await openTestServer(status(200))
    const { port } = server
    for (const host of [
      '127.0.0.1',
      '127.1',
      '2130706433',
      '0177.0.0.1',
      '0x7f000001',
      '[::1]',
      '[::ffff:127.0.0.1]',
      'localhost',
      '0.0.0.0',
    ])
      for (const scheme of ['http', 'https'])
        for (const at of [`:${port}`, '', ':8443']) {
          const answer = await send(`${scheme}://${host}${at}/`, { isOfTenant: true }, async () => ['127.0.0.1'])
          assert.equal(answer.outcome, 'refused', `${scheme}://${host}${at}`)
        }
    assert.equal(server.got.length, 0)
  })
})
