import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { AppError } from '../../services/platform/errors.ts'
import { bearerFrom, createTokensFile, openTokens, type TokenHolder } from '../../services/platform/tokens.ts'

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
  await using tokens = await openTokens(path, { logger })
  assert.deepEqual(tokens.lookup('fake-one'), { name: 'gateway', role: 'sender', source: 'eu' })
  assert.deepEqual(tokens.lookup('fake-two'), { name: 'acme', role: 'tenant', tenants: ['acme'] })
  for (const unknown of ['', 'fake-on', 'fake-one ', sha256('fake-one')]) assert.equal(tokens.lookup(unknown), undefined)
})

test('a token taken out of the file is refused after the next look; a broken file changes nothing', async t => {
  const path = await fileIn(t, JSON.stringify([{ token_sha256: sha256('fake-one'), name: 'a', role: 'operator' }]))
  await using tokens = await openTokens(path, { logger })
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
  await assert.rejects(openTokens(path, { logger }), (error: unknown) => {
    assert.ok(error instanceof AppError && error.code === 'SETTINGS_INVALID')
    for (const entry of [1, 2, 3, 4]) assert.match(error.message, new RegExp(`entry ${entry}: `))
    assert.ok(!error.message.includes(sha256('fake')))
    return true
  })
  for (const content of ['{}', 'x']) {
    const other = await fileIn(t, content)
    await assert.rejects(openTokens(other, { logger }), (error: unknown) => error instanceof AppError && error.code === 'SETTINGS_INVALID')
  }
})

test('fresh tokens are random, work, and only their hashes are kept, readable by the owner alone', async t => {
  const path = await fileIn(t)
  const holders: TokenHolder[] = [
    { name: 'demo gateway', role: 'sender', source: 'demo' },
    { name: 'operator', role: 'operator' },
  ]
  const [sender, operator] = await createTokensFile(path, holders)
  assert.ok(sender && operator && sender !== operator && sender.length > 32)
  await using tokens = await openTokens(path, { logger })
  assert.deepEqual(tokens.lookup(sender), holders[0])
  assert.deepEqual(tokens.lookup(operator), holders[1])
  const content = await readFile(path, 'utf8')
  assert.ok(!content.includes(sender) && !content.includes(operator))
  assert.equal((await stat(path)).mode & 0o777, 0o600)
  const [again] = await createTokensFile(path, holders)
  assert.notEqual(again, sender)
})

test('a bearer token is read from its header only in its proper form', () => {
  assert.equal(bearerFrom('Bearer fake-token_1.~+/='), 'fake-token_1.~+/=')
  assert.equal(bearerFrom('bearer  x '), 'x')
  for (const header of [undefined, '', 'Bearer', 'Bearer ', 'Basic x', 'Bearer a b', 'Bearer ä', `Bearer ${'x'.repeat(513)}`])
    assert.equal(bearerFrom(header), undefined)
})
