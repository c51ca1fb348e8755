import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { tokensCommand } from '../../services/cli/tokens/tokens-command.ts'
import { openTokens } from '../../services/platform/tokens.ts'
import type { TestClickHouse } from '../fakes/clickhouse-server.ts'
import { runTool } from './run-tool.ts'

const NOW_MS = Date.UTC(2026, 10, 28)
const nowhere = {} as TestClickHouse
const logger = { info() {}, warn() {} }

function fileIn(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'weir-tokens-'))
  t.after(() => rmSync(folder, { recursive: true }))
  return join(folder, 'new', 'tokens.json')
}

test('a token that is made works, is shown once, is listed without it and is refused once it is revoked', async t => {
  const file = fileIn(t)
  const run = (...args: string[]) => runTool(tokensCommand, [...args, '--file', file], nowhere, { nowMs: NOW_MS })
  const made = await run('add', '--role', 'tenant', '--name', 'acme reader', '--tenant', 'acme', '--tenant', 'acme-eu', '--expires', '90d')
  assert.equal(made.code, 0, made.err)
  const token = made.out.trim()
  assert.match(token, /^weir_[\w-]{32}$/)
  assert.ok(!made.err.includes(token) && !readFileSync(file, 'utf8').includes(token))
  await using tokens = await openTokens(file, { logger, now: () => NOW_MS })
  assert.deepEqual(tokens.lookup(token), { name: 'acme reader', role: 'tenant', tenants: ['acme', 'acme-eu'] })
  const [row] = JSON.parse((await run('list', '--format', 'json')).out)
  assert.deepEqual([row.name, row.state, row.tenants, row.expires_at], ['acme reader', 'valid', 'acme acme-eu', '2027-02-26T00:00:00.000Z'])
  assert.ok(!JSON.stringify(row).includes(token))
  const revoked = await run('revoke', row.id, 'unknown')
  assert.deepEqual([revoked.code, /not in .*: unknown/.test(revoked.err)], [1, true])
  await tokens.refresh()
  assert.equal(tokens.lookup(token), undefined)
})

test('arguments that cannot be meant are refused with what is missing, and no file is made', async t => {
  const file = fileIn(t)
  for (const [args, expected] of [
    [['add', '--name', 'a'], /--role is missing/],
    [['add', '--role', 'tenant', '--name', 'a'], /needs --tenant/],
    [['add', '--role', 'operator', '--name', 'a', '--tenant', 'acme'], /leave --tenant out/],
    [['add', '--role', 'tenant', '--name', 'a', '--tenant', 'x', '--source', 'edge'], /for senders/],
    [['add', '--role', 'operator', '--name', 'a', '--expires', '2020-01-01'], /has passed already/],
    [['add', '--role', 'admin', '--name', 'a'], /role/],
  ] as const) {
    const { code, err } = await runTool(tokensCommand, [...args, '--file', file], nowhere, { nowMs: NOW_MS })
    assert.equal(code, 2, args.join(' '))
    assert.match(err, expected)
  }
  assert.match((await runTool(tokensCommand, ['list'], nowhere, { nowMs: NOW_MS })).err, /set WEIR_TOKENS_FILE/)
  assert.match((await runTool(tokensCommand, ['list', '--file', file], nowhere, { nowMs: NOW_MS })).err, /has no tokens/)
})
