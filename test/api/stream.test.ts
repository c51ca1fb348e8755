import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { request } from 'undici'
import type { TestScope } from '../fakes/clickhouse-server.ts'
import { insertRows, minute, NOW_MS, openTestApi, publish, usageRow } from './fixture.ts'

const iso = (clock: string) => new Date(minute(clock) * 1000).toISOString().replace('.000Z', 'Z')

async function openStreams(t: TestScope) {
  const api = await openTestApi(t)
  const url = await api.app.listen({ port: 0, host: '127.0.0.1' })
  const listen = async (token: string) => {
    const answer = await request(`${url}/v1/stream`, { headers: { authorization: `Bearer ${token}` } })
    let text = ''
    answer.body.on('data', chunk => {
      text += String(chunk)
    })
    // Ended by the server or by the test.
    answer.body.on('error', () => {})
    const events = () => [...text.matchAll(/event: settled\ndata: (.*)\n\n/g)].map(([, data]) => JSON.parse(data as string).settled_until)
    const until = async (count: number) => {
      while (events().length < count) await once(answer.body, 'data')
      return events()
    }
    return { answer, until, text: () => text }
  }
  return { api, url, listen }
}

test('a tenant is told of minutes in which it had traffic, an operator of all', async t => {
  const { api, listen } = await openStreams(t)
  for (const clock of ['09:00', '09:05']) await publish(api.clickhouse, clock, 1)
  await insertRows(api.clickhouse, 'usage_per_minute', [
    usageRow('09:00', 'acme', { requests: 1 }),
    usageRow('09:05', 'globex', { requests: 1 }),
  ])
  const [acme, operator] = [await listen('fake-acme'), await listen('fake-operator')]
  assert.match(String(acme.answer.headers['content-type']), /^text\/event-stream/)
  assert.equal(acme.answer.headers['cache-control'], 'no-store')
  assert.deepEqual(await acme.until(1), [iso('09:01')])
  assert.deepEqual(await operator.until(1), [iso('09:06')])
  await publish(api.clickhouse, '09:06', 1)
  assert.deepEqual(await operator.until(2), [iso('09:06'), iso('09:07')])
  assert.deepEqual(await acme.until(1), [iso('09:01')])
  assert.ok(acme.text().startsWith('retry: '))
  assert.ok(NOW_MS > 0)
})

test('streams need a reader, are counted by token, take no turn and end with the API', async t => {
  const { api, url, listen } = await openStreams(t)
  for (const [token, status] of [
    ['wrong', 401],
    ['fake-sender', 403],
  ] as const) {
    const { statusCode, body } = await request(`${url}/v1/stream`, { headers: { authorization: `Bearer ${token}` } })
    assert.equal(statusCode, status)
    await body.dump()
  }
  const open = await Promise.all(Array.from({ length: 12 }, () => listen('fake-acme')))
  const more = await request(`${url}/v1/stream`, { headers: { authorization: 'Bearer fake-acme' } })
  assert.deepEqual([more.statusCode, ((await more.body.json()) as { code: string }).code], [429, 'API_OVERLOADED'])
  const other = await listen('fake-globex')
  assert.equal(other.answer.statusCode, 200)
  assert.equal((await api.get('/v1/usage', 'fake-acme')).status, 200, 'twelve streams hold up no question')
  const ends = [...open, other].map(({ answer }) => once(answer.body, 'close'))
  await api.app.close()
  await Promise.all(ends)
})
