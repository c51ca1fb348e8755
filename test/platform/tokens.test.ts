import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { AppError } from '../../services/platform/errors.ts'
import { bearerFrom, openTokens, type TokenHolder } from '../../services/platform/tokens.ts'
import { addTokens, readTokensFile, removeTokens, tokenId } from '../../services/platform/tokens-file.ts'

const logger = { info() {}, warn() {} }
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

async function fileIn(t: TestContext, content?: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'weir-tokens-'))
  t.after(() => rm(folder, { recursive: true }))
  const path = join(folder, 'tokens.json')
  if (content !== undefined) await writeFile(path, content)
  return path
}

test('a token leads to its holder, an unknown one to nobody', async t => {
  const path = await fileIn(
    t,
    JSON.stringify([
      { token_sha256: sha256('fake-one'), name: 'gateway', role: 'sender', source: 'eu' },
      { token_sha256: sha256('fake-two'), name: 'acme', role: 'tenant', tenants: ['acme'] },
    ]),
  )
  await using tokens = await openTokens(path, { logger, now: Date.now })
  assert.deepEqual(tokens.lookup('fake-one'), { name: 'gateway', role: 'sender', source: 'eu' })
  assert.deepEqual(tokens.lookup('fake-two'), { name: 'acme', role: 'tenant', tenants: ['acme'] })
  for (const unknown of ['', 'fake-on', 'fake-one ', sha256('fake-one')]) assert.equal(tokens.lookup(unknown), undefined)
})

test('a token taken out of the file is refused after the next look; a broken file changes nothing', async t => {
  const path = await fileIn(t, JSON.stringify([{ token_sha256: sha256('fake-one'), name: 'a', role: 'operator' }]))
  await using tokens = await openTokens(path, { logger, now: Date.now })
  await writeFile(path, '[{"token_sha256"')
  await tokens.refresh()
  assert.ok(tokens.lookup('fake-one'))
  await writeFile(path, '[]')
  await tokens.refresh()
  assert.equal(tokens.lookup('fake-one'), undefined)
})

test('a faulty file stops the start, with every faulty entry named and no hash shown', async t => {
  const path = await fileIn(
    t,
    JSON.stringify([
      { token_sha256: 'not-a-hash', name: 'a', role: 'sender' },
      { token_sha256: sha256('fake'), name: 'b', role: 'admin' },
      { token_sha256: sha256('fake'), name: 'c', role: 'tenant' },
      { token_sha256: sha256('fake'), name: 'd', role: 'sender', tenant: ['x'] },
    ]),
  )
  await assert.rejects(openTokens(path, { logger, now: Date.now }), (error: unknown) => {
    assert.ok(error instanceof AppError && error.code === 'SETTINGS_INVALID')
    for (const entry of [1, 2, 3, 4]) assert.match(error.message, new RegExp(`entry ${entry}: `))
    assert.ok(!error.message.includes(sha256('fake')))
    return true
  })
  for (const content of ['{}', 'x']) {
    const other = await fileIn(t, content)
    await assert.rejects(
      openTokens(other, { logger, now: Date.now }),
      (error: unknown) => error instanceof AppError && error.code === 'SETTINGS_INVALID',
    )
  }
})

test('fresh tokens are random, work, and only their hashes are kept, readable by the owner alone', async t => {
  const path = await fileIn(t)
  const holders: TokenHolder[] = [
    { name: 'demo gateway', role: 'sender', source: 'demo' },
    { name: 'operator', role: 'operator' },
  ]
  const [sender, operator] = await addTokens(path, holders, { now: Date.now })
  assert.ok(sender && operator && sender !== operator && sender.length > 32)
  await using tokens = await openTokens(path, { logger, now: Date.now })
  assert.deepEqual(tokens.lookup(sender), holders[0])
  assert.deepEqual(tokens.lookup(operator), holders[1])
  const content = await readFile(path, 'utf8')
  assert.ok(!content.includes(sender) && !content.includes(operator))
  assert.equal((await stat(path)).mode & 0o777, 0o600)
  const [again] = await addTokens(path, holders, { now: Date.now })
  assert.notEqual(again, sender)
})

test('a bearer token is read from its header only in its proper form', () => {
  assert.equal(bearerFrom('Bearer fake-token_1.~+/='), 'fake-token_1.~+/=')
  assert.equal(bearerFrom('bearer  x '), 'x')
  for (const header of [undefined, '', 'Bearer', 'Bearer ', 'Basic x', 'Bearer a b', 'Bearer ä', `Bearer ${'x'.repeat(513)}`])
    assert.equal(bearerFrom(header), undefined)
})

test('tokens are added and revoked one by one, and one that has expired is unknown', async t => {
  const path = await fileIn(t)
  let nowMs = Date.UTC(2026, 10, 28)
  const now = () => nowMs
  const [lasting = ''] = await addTokens(path, [{ name: 'a', role: 'operator' }], { now })
  const [short = ''] = await addTokens(path, [{ name: 'b', role: 'tenant', tenants: ['acme'], expires_at: '2026-11-29T00:00:00.000Z' }], {
    now,
  })
  await using tokens = await openTokens(path, { logger, now })
  assert.deepEqual(tokens.lookup(short), { name: 'b', role: 'tenant', tenants: ['acme'] })
  nowMs = Date.UTC(2026, 10, 29)
  assert.equal(tokens.lookup(short), undefined)
  assert.equal(tokens.lookup(lasting)?.name, 'a')
  const entries = await readTokensFile(path)
  assert.deepEqual(
    entries.map(({ created_at }) => created_at),
    ['2026-11-28T00:00:00.000Z', '2026-11-28T00:00:00.000Z'],
  )
  const [first] = entries
  assert.ok(first)
  assert.deepEqual(await removeTokens(path, [tokenId(first), 'nothing']), [first])
  await tokens.refresh()
  assert.equal(tokens.lookup(lasting), undefined)
  assert.equal((await readTokensFile(path)).length, 1)
})

test('what cannot be a token changes nothing, and neither does a second change at the same moment', async t => {
  const path = await fileIn(t)
  const now = () => 0
  await addTokens(path, [{ name: 'a', role: 'operator' }], { now })
  const before = await readFile(path, 'utf8')
  await assert.rejects(addTokens(path, [{ name: 'b', role: 'tenant' }], { now }), { code: 'SETTINGS_INVALID' })
  assert.equal(await readFile(path, 'utf8'), before)
  const results = await Promise.allSettled(['b', 'c', 'd'].map(name => addTokens(path, [{ name, role: 'operator' }], { now })))
  const done = results.filter(({ status }) => status === 'fulfilled').length
  for (const result of results) if (result.status === 'rejected') assert.equal(result.reason.code, 'TOKENS_FILE_BUSY')
  assert.equal((await readTokensFile(path)).length, 1 + done, 'a change that was not refused is there')
})
