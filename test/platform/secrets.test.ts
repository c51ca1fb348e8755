import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { readSettings } from '../../services/platform/env.ts'
import { messageOf } from '../../services/platform/errors.ts'
import { settingsCatalogue } from '../../services/platform/settings.ts'

/** What must never be read anywhere; it marks every secret of these tests. */
const MARK = 'fake-marked-secret'
const main = (service: string) => fileURLToPath(new URL(`../../services/${service}/main.ts`, import.meta.url))

test('no fault of a setting shows a password, wherever it was written', () => {
  const names = Object.values(settingsCatalogue).flatMap(section => Object.values(section).map(({ name }) => name as string))
  assert.ok(names.length > 20)
  const addresses = [`http://user:${MARK}@host:1`, `user:${MARK}@host`, `a:1,user:${MARK}@host:x`, `https://${MARK}@host/path y`]
  for (const name of names) {
    for (const address of addresses) {
      try {
        readSettings({ [name]: address })
      } catch (error) {
        assert.ok(!messageOf(error).includes(MARK), messageOf(error))
      }
    }
  }
})

/** Runs a service until it ends, at most ten seconds, and gives all that it said. */
async function saidBy(service: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
  const child = spawn(process.execPath, [main(service), ...args], { env: { PATH: process.env['PATH'], ...env } })
  const timer = setTimeout(() => child.kill('SIGTERM'), 10_000)
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (said += chunk))
  await once(child, 'close')
  clearTimeout(timer)
  return said
}

test('a password that ClickHouse is not reached with is in no log, and --check shows none either', async () => {
  const env = { CLICKHOUSE_URL: 'http://127.0.0.1:1', CLICKHOUSE_USER: 'weir', CLICKHOUSE_PASSWORD: MARK, WEIR_LOG_LEVEL: 'trace' }
  for (const [service, args] of [
    ['migrate', []],
    ['api', ['--check']],
    ['worker', ['--check']],
  ] as const) {
    const said = await saidBy(service, args, env)
    assert.ok(said.length > 0, `${service} said something`)
    assert.ok(!said.includes(MARK), said)
  }
})

test('a token that is not known is in no log and in no answer', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-secrets-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const tokens = join(folder, 'tokens.json')
  const hash = createHash('sha256').update('fake-other-token').digest('hex')
  writeFileSync(tokens, JSON.stringify([{ token_sha256: hash, name: 'other', role: 'sender' }]))
  const env = { PATH: process.env['PATH'], WEIR_DATA_DIR: folder, WEIR_TOKENS_FILE: tokens, WEIR_INGEST_PORT: '0', WEIR_LOG_LEVEL: 'trace' }
  const child = spawn(process.execPath, [main('ingest')], { env })
  t.after(() => child.kill('SIGKILL'))
  let said = ''
  const { promise: address, resolve } = Promise.withResolvers<string>()
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', chunk => {
      said += chunk
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(said)
      if (found) resolve(found[0])
    })
  }
  child.once('exit', () => resolve(''))
  const url = await address
  assert.notEqual(url, '', said)
  for (const headers of [{ authorization: `Bearer ${MARK}` }, { authorization: `Basic ${MARK}` }]) {
    const answer = await fetch(`${url}/v1/access-logs?token=${MARK}`, { method: 'POST', headers, body: '{}' })
    const text = await answer.text()
    assert.equal(answer.status, 401)
    assert.ok(!text.includes(MARK), text)
  }
  child.kill('SIGTERM')
  await once(child, 'close')
  assert.ok(!said.includes(MARK), said)
})
