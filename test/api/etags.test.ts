import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { HOUR_OF_TEST } from './fixture.ts'
import { openTwoTenants } from './two-tenants.ts'

const api = await openTwoTenants({ after })
const path = `/v1/usage?${HOUR_OF_TEST}`

test('the same answer is not sent twice to whoever has it, and another one is', async () => {
  const first = await api.get(path, 'fake-acme')
  const etag = String(first.headers['etag'])
  assert.match(etag, /^"[\w-]{43}"$/)
  assert.equal(first.headers['cache-control'], 'private, no-cache')
  for (const known of [etag, `W/${etag}`, `"other", ${etag}`]) {
    const again = await api.get(path, 'fake-acme', { 'if-none-match': known })
    assert.deepEqual([again.status, again.text, again.headers['etag']], [304, '', etag], known)
  }
  const changed = await api.get(`${path}&group_by=none`, 'fake-acme', { 'if-none-match': etag })
  assert.deepEqual([changed.status, changed.text.length > 0], [200, true])
})

test('the ETag of another’s answer gives a tenant its own answer, whole, and no refusal has one', async () => {
  const theirs = String((await api.get(path, 'fake-globex')).headers['etag'])
  const own = await api.get(path, 'fake-acme', { 'if-none-match': theirs })
  assert.equal(own.status, 200)
  assert.notEqual(own.headers['etag'], theirs)
  for (const refused of [
    await api.get(path),
    await api.get(`${path}&tenant_id=globex`, 'fake-acme', { 'if-none-match': theirs }),
    await api.get(`${path}&nothing=1`, 'fake-acme'),
  ])
    assert.deepEqual([refused.status >= 400, refused.headers['etag']], [true, undefined])
})
