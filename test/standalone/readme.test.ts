import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { freePorts } from '../fakes/free-ports.ts'

const readme = readFileSync('README.md', 'utf8')
const commands = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)]
  .flatMap(block => (block[1] as string).split('\n'))
  .map(line => line.replace(/\s+# .*$/, '').trim())
  .filter(Boolean)
const scripts = (JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> }).scripts

test('the README names only scripts and files that exist, in at most 120 lines', () => {
  assert.ok(readme.split('\n').length <= 121)
  for (const [, name = ''] of readme.matchAll(/npm (?:run )?(demo|test|start|report|check|bench)\b/g))
    assert.ok(scripts[name], `npm run ${name}`)
  for (const [, path = ''] of readme.matchAll(/\]\(([^)#]+)\)/g)) assert.ok(existsSync(path), path)
  for (const [, path = ''] of readme.matchAll(/`((?:services|schemas|test|simulation|docs|bin)\/[\w./-]+)`/g))
    assert.ok(existsSync(path), path)
  assert.ok(Object.keys(scripts).filter(name => !name.startsWith('pre')).length <= 10)
})

test('the README lists every page of docs', () => {
  const pages = globSync('docs/*.md')
  assert.ok(pages.length > 15)
  assert.deepEqual(
    pages.filter(page => !readme.includes(`](${page})`)),
    [],
  )
})

test('npm start takes the line of the README, answers its question and drafts its statement', async t => {
  const dataDir = mkdtempSync(join(tmpdir(), 'weir-start-'))
  const server = spawn(process.execPath, (scripts['start'] as string).split(' ').slice(1), {
    env: { ...process.env, ...freePorts, WEIR_DATA_DIR: dataDir },
  })
  t.after(async () => {
    server.kill('SIGTERM')
    await new Promise(resolve => server.once('exit', resolve))
    rmSync(dataDir, { recursive: true, force: true })
  })
  let log = ''
  server.stdout.setEncoding('utf8').on('data', (text: string) => {
    log += text
  })
  const addresses = await poll(
    () => /"ingest":"(http[^"]+)","api":"(http[^"]+)"/.exec(log),
    () => log,
  )
  const [, ingest = '', api = ''] = addresses
  const run = (command: string) => {
    const moved = command.replace('localhost:8686', ingest).replace('localhost:8687', api)
    return spawnSync('sh', ['-c', moved], { encoding: 'utf8' }).stdout
  }
  const [send, ask] = commands.filter(line => line.startsWith('curl'))
  assert.ok(send !== undefined && ask !== undefined, 'the README shows how to send a line and how to ask')
  assert.deepEqual(JSON.parse(run(send)), { accepted: 1, rejected: [], rejected_count: 0 })
  const row = await poll(
    () => (JSON.parse(run(ask)) as { rows: Record<string, unknown>[] }).rows[0],
    () => log,
  )
  // gpt-4o in schemas/prices: 0.0000025 USD an input token, 0.00001 an output token.
  const { tenant_id, requests, input_tokens, output_tokens, list_cost, currency } = row
  assert.deepEqual(
    { tenant_id, requests, input_tokens, output_tokens, list_cost, currency },
    { tenant_id: 'acme', requests: 1, input_tokens: 1200, output_tokens: 210, list_cost: '0.0051', currency: 'USD' },
  )
  const month = new Date().toISOString().slice(0, 7)
  const onData = commands.filter(line => /^npx weir (statements|export) /.test(line))
  assert.ok(onData.length >= 2, 'the README shows commands on the data of npm start')
  for (const command of onData) {
    const asked = command.replace('npx weir', 'node bin/weir.mjs').replace(/--month \S+/, `--month ${month}`)
    const env = { ...process.env, ...freePorts, WEIR_DATA_DIR: dataDir }
    const { status, stdout, stderr } = spawnSync('sh', ['-c', asked], { encoding: 'utf8', env })
    assert.equal(status, 0, `${asked}\n${stderr}`)
    assert.match(stdout, /acme/, asked)
  }
})

async function poll<T>(read: () => T | null | undefined, explain: () => string): Promise<T> {
  for (let waited = 0; waited < 60_000; waited += 200) {
    const value = read()
    if (value !== null && value !== undefined) return value
    await new Promise(resolve => setTimeout(resolve, 200))
  }
  return assert.fail(`not reached in 60 s:\n${explain()}`)
}
