import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { readSettings } from '../../services/platform/env.ts'
import { buildLogger } from '../../services/platform/log.ts'
import { openStandalone } from '../../services/standalone/standalone.ts'
import { freePorts } from '../fakes/free-ports.ts'

test('a correction by another process reaches a running standalone: its figures change, and a stop takes the address back', async t => {
  const dataDir = mkdtempSync(join(tmpdir(), 'weir-prices-'))
  t.after(() => rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 }))
  const list = join(dataDir, 'prices.json')
  writeFileSync(list, '{"gpt-4o": {"litellm_provider": "openai", "input_cost_per_token": 2e-06}}')
  const settings = readSettings({ WEIR_DATA_DIR: dataDir, WEIR_PRICES_FILE: list, ...freePorts })
  const logger = buildLogger({ service: 'test', level: 'silent' })
  const deps = { logger, now: Date.now, searchPath: '' }
  const standalone = await openStandalone(settings, deps)
  await assert.rejects(openStandalone(settings, deps), {
    code: 'DATA_FOLDER_TAKEN',
    message: /in use by weir standalone \(process \d+\) since 20/,
  })
  await using running = { [Symbol.asyncDispose]: async () => await standalone[Symbol.asyncDispose]() }
  const started_at = new Date(Date.now() - 60 * 60_000).toISOString()
  const line = {
    tenant_id: 'acme',
    request_id: 'r1',
    started_at,
    request_model: 'gpt-4o',
    upstream_kind: 'provider',
    provider: 'openai',
    input_tokens: 1_000,
    output_tokens: 0,
  }
  const sent = await fetch(`${standalone.ingestUrl}/v1/access-logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: JSON.stringify(line),
  })
  assert.equal(sent.status, 202)
  const from = new Date(Date.parse(started_at) - 60_000).toISOString()
  const cost = async () => {
    const answer = await fetch(`${standalone.apiUrl}/v1/usage?group_by=tenant_id&from=${from}`)
    const { rows } = (await answer.json()) as { rows: { list_cost: string }[] }
    return rows[0]?.list_cost
  }
  await until(async () => (await cost()) === '0.002')

  const correction = join(dataDir, 'correction.yaml')
  writeFileSync(correction, `prices:\n  - {provider: openai, model: gpt-4o, valid_from: 2026-01-01, per_token: {input: 0.000005}}\n`)
  const run = await command(['prices', 'correct', correction, '--reason', 'contract', '--yes'], dataDir)
  assert.equal(run.code, 0, run.text)
  assert.match(run.text, /1 minute\(s\) are priced anew by settle/)
  await until(async () => (await cost()) === '0.005')

  await running[Symbol.asyncDispose]()
  assert.equal(existsSync(join(dataDir, 'running.json')), false)
  const stopped = await command(['prices', 'show', 'gpt-4o', '--at', '2026-06-01'], dataDir)
  assert.match(stopped.text, /0\.000005/)
})

async function command(args: string[], dataDir: string): Promise<{ code: number | null; text: string }> {
  const child = spawn(process.execPath, ['bin/weir.mjs', ...args], { env: { ...process.env, WEIR_DATA_DIR: dataDir } })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (part: string) => (text += part))
  return { code: await new Promise(resolve => child.once('exit', resolve)), text }
}

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  for (let waited = 0; waited < 60_000; waited += 100) {
    if (await isTrue()) return
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  assert.fail('not reached in 60 s')
}
