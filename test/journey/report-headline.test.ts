import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../../services/cli/main.ts', import.meta.url))
const directory = mkdtempSync(join(tmpdir(), 'weir-report-test-'))
after(() => rmSync(directory, { recursive: true, force: true }))

function run(args: readonly string[]) {
  const { status: code, stdout, stderr } = spawnSync(process.execPath, [program, 'report', ...args], { encoding: 'utf8' })
  return { code, stdout, stderr }
}

/** Forty requests of two tenants, of which ten of globex fail at a pool that nobody scrapes. */
function failingLog(): string {
  const file = join(directory, 'failing.ndjson')
  const line = (n: number) => ({
    tenant_id: n % 2 === 0 ? 'acme' : 'globex',
    request_id: `r${n}`,
    started_at: new Date(Date.UTC(2026, 8, 1, 9, 0, n)).toISOString(),
    route: 'chat',
    request_model: 'gpt-4o',
    ...(n % 2 === 0 ? { upstream_kind: 'provider', provider: 'openai' } : { upstream_kind: 'pool', pool: 'llama' }),
    status_code: n % 4 === 1 ? 503 : 200,
    outcome: n % 4 === 1 ? 'error' : 'ok',
    input_tokens: 100,
    output_tokens: 10,
  })
  writeFileSync(file, Array.from({ length: 40 }, (_, n) => JSON.stringify(line(n))).join('\n'))
  return file
}

test('the report begins with what stands out: what fails, who costs most, what the answers found', () => {
  const { stdout, code, stderr } = run([failingLog()])
  assert.equal(code, 0, stderr)
  const head = stdout.slice(0, stdout.indexOf('USAGE AND COST'))
  const lines = head.slice(head.indexOf('WHAT STANDS OUT')).trim().split('\n').slice(1)
  assert.ok(lines.length >= 1 && lines.length <= 5, head)
  assert.match(lines[0] ?? '', /^- Failures: 10 of 40 requests were not answered well, most of them \(10\) of globex on chat at llama/)
})

test('--audit gives the audit of what the files tell, as text and as a page', () => {
  const file = failingLog()
  const text = run(['--audit', file])
  assert.equal(text.code, 0, text.stderr)
  assert.match(text.stdout, /^Of six questions \d have the answer one would like/)
  assert.match(text.stdout, /no engine of llama is read/)
  assert.match(run(['--audit', '--format', 'html', file]).stdout, /^<!doctype html>(?!.*<script)/s)
  assert.equal(run(['--format', 'markdown', file]).code, 2, 'markdown is for the audit')
})
