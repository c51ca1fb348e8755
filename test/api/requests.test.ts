import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { attemptRow, insertAttempts } from '../settle/attempt-rows.ts'
import { HOUR_OF_TEST, openTestApi } from './fixture.ts'

const api = await openTestApi({ after })
const at = (second: number) => Date.parse('2026-01-31T09:00:00Z') + second * 1000
await insertAttempts(api.clickhouse, [
  attemptRow({
    request_id: 'one',
    started_at: at(1),
    attempt_no: 1,
    outcome: 'error',
    error_class: 'timeout',
    error_detail: '=cmd|x',
    status_code: 504,
  }),
  attemptRow({ request_id: 'one', started_at: at(4), attempt_no: 2, is_retry: true, input_tokens: 7 }),
  attemptRow({ request_id: 'two', started_at: at(9), route: 'embed' }),
  attemptRow({ request_id: 'secret', tenant_id: 'globex', started_at: at(5), route: 'globex-only' }),
])
const get = (query: string, token = 'fake-operator') => api.get(`/v1/requests?${HOUR_OF_TEST}&${query}`, token)
const ids = (body: { requests: { request_id: string }[] }) => body.requests.map(({ request_id }) => request_id)

test('a filter finds requests by any attempt, or by the final one', async () => {
  assert.deepEqual(ids((await get('outcome=error')).body), ['one'])
  assert.deepEqual(ids((await get('outcome=error&counted=request')).body), [])
  const { body } = await get('request_id=one')
  const [first, second] = body.requests[0].attempts
  assert.deepEqual(
    [first.error_class, first.is_final, second.is_retry, second.is_final, second.input_tokens],
    ['timeout', false, true, true, 7],
  )
  assert.deepEqual([second.list_cost, second.unpriced_reason], [null, 'no_price'])
})

test('pages are followed by their cursor, which is refused for another question and when nobody gave it out', async () => {
  const first = (await get('tenant_id=acme&limit=1')).body
  assert.deepEqual(ids(first), ['one'])
  const second = (await get(`tenant_id=acme&limit=1&cursor=${first.next_cursor}`)).body
  assert.deepEqual(ids(second), ['two'])
  assert.equal((await get(`tenant_id=globex&cursor=${first.next_cursor}`)).status, 400)
  const made = Buffer.from(JSON.stringify({ ...JSON.parse(Buffer.from(first.next_cursor, 'base64url').toString()), after: ['1', 'x'] }))
  const refused = await get(`tenant_id=acme&limit=1&cursor=${made.toString('base64url')}`)
  assert.deepEqual([refused.status, refused.body.code], [400, 'API_REQUEST_INVALID'])
})

test('a tenant lists its own requests and never sees that there are others, whatever it filters by', async () => {
  for (const query of ['', 'route=globex-only', 'request_id=secret', 'format=csv&request_id=secret']) {
    const { status, text } = await get(query, 'fake-acme')
    assert.equal(status, 200, text)
    assert.doesNotMatch(text, /globex|secret/, query)
  }
  assert.deepEqual(ids((await get('', 'fake-acme')).body), ['one', 'two'])
  assert.equal((await get('tenant_id=globex', 'fake-acme')).status, 403)
  assert.equal((await get('', 'fake-sender')).status, 403)
  assert.equal((await get('', '')).status, 401)
})

test('CSV has a row per attempt, and no text that a spreadsheet would run', async () => {
  const { text, headers } = await get('request_id=one&format=csv')
  assert.match(String(headers['content-type']), /^text\/csv/)
  const lines = text.trimEnd().split('\r\n')
  assert.equal(lines.length, 3)
  assert.match(lines[0] ?? '', /^request_id,tenant_id,request_started_at,.*,error_detail,/)
  assert.match(lines[1] ?? '', /,'=cmd\|x,/)
})

test('what cannot be asked is refused by name', async () => {
  assert.match((await get('counted=money')).body.detail, /counted is \["money"\], expected attempt or request/)
  assert.match((await get('format=xml')).body.detail, /expected json or csv/)
  assert.match((await get('colour=red')).body.detail, /colour/)
  assert.match((await get('limit=5000')).body.detail, /limit is "5000", expected an integer from 1 to 1000/)
})
