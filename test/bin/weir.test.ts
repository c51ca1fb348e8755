import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../../bin/weir.mjs', import.meta.url))

function weir(given: readonly string[], environment: Record<string, string> = {}) {
  return spawnSync(process.execPath, [program, ...given], { encoding: 'utf8', env: { PATH: process.env['PATH'], ...environment } })
}

test('help lists every command, and each file that a command starts is there', () => {
  for (const given of [[], ['help'], ['--help']]) {
    const { status, stdout } = weir(given)
    assert.equal(status, 0)
    for (const command of ['ingest', 'worker', 'settle', 'api', 'migrate', 'standalone', 'report', 'demo'])
      assert.match(stdout, new RegExp(`^  ${command} `, 'm'))
  }
  for (const [path] of readFileSync(program, 'utf8').matchAll(/services\/[a-z/-]+\.ts/g))
    assert.ok(existsSync(new URL(`../../${path}`, import.meta.url)), path)
})

test('an unknown command is an error that names it and shows the help', () => {
  for (const name of ['ingst', '__proto__', 'constructor']) {
    const { status, stderr } = weir([name])
    assert.equal(status, 2)
    assert.match(stderr, new RegExp(`no command "${name}"`))
    assert.match(stderr, /Usage: weir/)
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
