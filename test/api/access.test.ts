import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { cursorText } from '../../services/api/http/cursor.ts'
import { reports } from '../../services/api/reports/reports.ts'
import { HOUR_OF_TEST } from './fixture.ts'
import { assertClean, MARK, openTwoTenants, paths } from './two-tenants.ts'

const api = await openTwoTenants({ after })

for (const path of paths) {
  test(`${path} tells a tenant nothing of another`, async () => {
    const { status, text } = await api.get(`${path}?${HOUR_OF_TEST}`, 'fake-acme')
    assert.equal(status, 200, text)
    assert.ok(text.includes('acme') || text.includes('llama') || text.includes('openai'), `acme sees its own: ${text}`)
    assertClean(text)
    const operator = await api.get(`${path}?${HOUR_OF_TEST}`, 'fake-operator')
    assert.ok(operator.text.includes(MARK), 'the operator sees it, so there was something to hide')
  })

  test(`${path} refuses a tenant that asks for another, alone or beside its own`, async () => {
    for (const query of [
      'tenant_id=globex',
      'tenant_id=acme&tenant_id=globex',
      'tenant_id=',
      'tenant_id=*',
      'tenant_id=acme%00',
      'tenant_id=ACME',
    ]) {
      const { status, body, text, headers } = await api.get(`${path}?${HOUR_OF_TEST}&${query}`, 'fake-acme')
      assert.deepEqual([status, body.code, body.status], [403, 'API_FORBIDDEN', 403])
      assert.match(String(headers['content-type']), /^application\/problem\+json/)
      assertClean(text)
    }
  })

  test(`${path} takes the tenant from the token, not from headers`, async () => {
    const plain = await api.get(`${path}?${HOUR_OF_TEST}`, 'fake-acme')
    const dressed = await api.get(`${path}?${HOUR_OF_TEST}`, 'fake-acme', {
      'x-tenant-id': 'globex',
      tenant_id: 'globex',
      'x-weir-tenant': 'globex',
      'x-forwarded-user': 'globex',
      'x-role': 'operator',
      cookie: 'tenant_id=globex',
    })
    assert.deepEqual(dressed.body, plain.body)
  })

  test(`${path} answers 401 without a known token and 403 to senders`, async () => {
    for (const authorization of [
      undefined,
      'Bearer',
      'Bearer ',
      'Bearer nobody',
      'Basic ZmFrZS1vcGVyYXRvcjo=',
      'fake-operator',
      'Bearer fake-operator, Bearer x',
      'Bearer __proto__',
      'Bearer toString',
    ]) {
      const { status, body, headers } = await api.get(
        `${path}?${HOUR_OF_TEST}`,
        undefined,
        authorization === undefined ? {} : { authorization },
      )
      assert.deepEqual([status, body.code, headers['www-authenticate']], [401, 'API_UNAUTHENTICATED', 'Bearer'], String(authorization))
    }
    const inQuery = await api.get(`${path}?${HOUR_OF_TEST}&access_token=fake-operator&token=fake-operator`)
    assert.equal(inQuery.status, 401)
    const sender = await api.get(`${path}?${HOUR_OF_TEST}`, 'fake-sender')
    assert.deepEqual([sender.status, sender.body.code], [403, 'API_FORBIDDEN'])
  })

  test(`${path} is read only`, async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH'] as const) {
      const answer = await api.app.inject({ method, url: path, headers: { authorization: 'Bearer fake-operator' } })
      assert.equal(answer.statusCode, 404)
      assert.equal(answer.json().code, 'HTTP_ROUTE_UNKNOWN')
    }
  })
}

for (const report of reports) {
  test(`a cursor of ${report.path} made by an operator, or forged, shows a tenant only its own`, async () => {
    const query = `${report.path}?${HOUR_OF_TEST}&group_by=${report.dimensions.includes('provider') ? 'provider' : report.dimensions[0]}`
    const page = await api.get(`${query}&limit=1`, 'fake-operator')
    const cursor = page.body.next_cursor as string
    assert.ok(cursor, 'there is a second page')
    const theirs = await api.get(`${query}&cursor=${cursor}`, 'fake-acme')
    assert.equal(theirs.status, 200)
    assertClean(theirs.text)
    const opened = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as { query: string; from: number; to: number; after: string[] }
    for (const forged of [
      { ...opened, after: opened.after.map(() => '') },
      { ...opened, after: opened.after.map(() => "') OR 1=1 --") },
      { ...opened, after: [] },
      { ...opened, after: [...opened.after, 'x'] },
      { ...opened, from: 0 },
      { ...opened, from: opened.to, to: opened.from },
      { ...opened, to: 4e12 },
      { ...opened, query: '0'.repeat(16) },
      { ...opened, tenant: 'globex' },
    ]) {
      const answer = await api.get(`${query}&cursor=${cursorText(forged)}`, 'fake-acme')
      assert.ok([200, 400].includes(answer.status), answer.text)
      assertClean(answer.text)
    }
  })
}

test('a token of several tenants sees them all, or the one it asks for', async () => {
  const tenants = async (query: string) =>
    (await api.get(`/v1/usage?${HOUR_OF_TEST}&group_by=tenant_id${query}`, 'fake-both')).body.rows.map(
      (row: { tenant_id: string }) => row.tenant_id,
    )
  assert.deepEqual(await tenants(''), ['acme', 'globex'])
  assert.deepEqual(await tenants('&tenant_id=globex'), ['globex'])
})
