import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { delay } from '../../services/platform/clock.ts'

const program = fileURLToPath(new URL('../../bin/weir.mjs', import.meta.url))
const directory = mkdtempSync(join(tmpdir(), 'weir-bin-'))
after(() => rmSync(directory, { recursive: true, force: true }))

function weir(given: readonly string[], environment: Record<string, string> = {}) {
  return spawnSync(process.execPath, [program, ...given], { encoding: 'utf8', env: { PATH: process.env['PATH'], ...environment } })
}

test('help lists every command; an unknown one is refused with the nearest name', () => {
  const { status, stdout } = weir(['help'])
  assert.equal(status, 0)
  for (const command of ['ingest', 'worker', 'settle', 'api', 'migrate', 'standalone', 'report', 'demo', 'completion'])
    assert.match(stdout, new RegExp(`^  ${command} `, 'm'))
  for (const name of ['ingst', '__proto__', 'constructor']) {
    const refused = weir([name])
    assert.equal(refused.status, 2)
    assert.match(refused.stderr, new RegExp(`unknown command '${name}'`))
  }
  assert.match(weir(['ingst']).stderr, /Did you mean ingest\?/)
})

test('help of a process starts no process', () => {
  for (const name of ['ingest', 'worker', 'standalone', 'demo']) {
    const { status, stdout } = weir([name, '--help'])
    assert.equal(status, 0)
    assert.match(stdout, new RegExp(`^Usage: weir ${name} `))
  }
})

test('--check validates the settings and ends, with code 2 and all faults when they are wrong', () => {
  const good = weir(['ingest', '--check'])
  assert.equal(good.status, 0, good.stderr)
  assert.match(good.stdout, /valid/)
  const bad = weir(['ingest', '--check'], { WEIR_INGEST_PORT: 'x', WEIR_LOG: 'y' })
  assert.equal(bad.status, 2)
  assert.match(bad.stderr, /WEIR_INGEST_PORT[\s\S]*WEIR_LOG|WEIR_LOG[\s\S]*WEIR_INGEST_PORT/)
  assert.doesNotMatch(bad.stderr, /at .*\.ts:\d+/)
})

test('--check opens every file that a setting names and says the faults of all, beside those of the settings and misspelt ones', () => {
  const file = (name: string, text: string) => {
    writeFileSync(join(directory, name), text)
    return join(directory, name)
  }
  const environment = {
    WEIR_TOKENS_FILE: file('tokens.json', '[{"token": "fake"}]'),
    WEIR_TARGETS_FILE: join(directory, 'missing.json'),
    WEIR_DIALECT_FILES: `${file('one.yaml', 'name: [')},${file('two.yaml', 'nonsense: 1')}`,
    WEIR_PRICES_FILE: file('prices.yaml', 'prices: 3'),
    WEIR_TERMS_FILE: file('terms.yaml', 'currency: dollars'),
    WEIR_API_HOST: '0.0.0.0',
    WEIR_SETTLE_QUIET_MS: 'soon',
    WEIR_INGST_PORT: '1',
  }
  const { status, stderr, stdout } = weir(['standalone', '--check'], environment)
  assert.equal(status, 2)
  assert.equal(stdout, '')
  for (const named of ['tokens.json', 'missing.json', 'one.yaml', 'two.yaml', 'prices.yaml', 'terms.yaml', 'WEIR_SETTLE_QUIET_MS'])
    assert.ok(stderr.includes(named), `${named} in ${stderr}`)
  assert.match(stderr, /did you mean WEIR_INGEST_PORT\?/)
  assert.match(stderr, /the settings have 7 fault\(s\)/)
  const { WEIR_TOKENS_FILE: _tokens, ...open } = environment
  assert.match(weir(['api', '--check'], open).stderr, /open to everyone on 0\.0\.0\.0/)
})

test('killing the starter ends what it started', async () => {
  const environment = { PATH: process.env['PATH'], WEIR_DATA_DIR: directory, WEIR_INGEST_PORT: '0' }
  const starter = spawn(process.execPath, [program, 'ingest'], { env: environment, stdio: ['ignore', 'pipe', 'inherit'] })
  const log = { text: '' }
  starter.stdout.setEncoding('utf8').on('data', text => {
    log.text += text
  })
  while (!log.text.includes('ingest takes lines')) await delay(20)
  const address = /"address":"(http[^"]+)"/.exec(log.text)?.[1] ?? ''
  assert.equal((await fetch(`${address}/healthz`)).status, 200)
  const exited = once(starter, 'close')
  starter.kill('SIGKILL')
  // 'close': the pipe that the process under it writes to has closed too, so it has ended.
  await exited
  assert.match(log.text, /the program that started this one has gone/)
  await assert.rejects(fetch(`${address}/healthz`))
})
