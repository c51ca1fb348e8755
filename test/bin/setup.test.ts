import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const setup = fileURLToPath(new URL('../../bin/setup.mjs', import.meta.url))

/** A clone with a stand-in for npm, which notes how it was called and, when `installs`, does what `npm ci` leaves behind. */
function clone(t: TestContext, npm: { installs: boolean; exitCode?: number }) {
  const root = mkdtempSync(join(tmpdir(), 'weir-setup-'))
  t.after(() => rmSync(root, { recursive: true }))
  mkdirSync(join(root, 'bin'))
  cpSync(setup, join(root, 'bin', 'setup.mjs'))
  writeFileSync(join(root, 'package-lock.json'), '{}')
  const npmPath = join(root, 'npm-stand-in.mjs')
  const work = `
    import { mkdirSync, writeFileSync } from 'node:fs'
    console.log('called with', process.argv.slice(2).join(' '))
    if (${npm.installs}) {
      mkdirSync('node_modules/.bin', { recursive: true })
      writeFileSync('node_modules/.bin/node', '')
      writeFileSync('node_modules/.package-lock.json', '{}')
    }
    process.exit(${npm.exitCode ?? 0})`
  writeFileSync(npmPath, work)
  chmodSync(npmPath, 0o755)
  const run = () =>
    spawnSync(process.execPath, [join(root, 'bin', 'setup.mjs')], {
      encoding: 'utf8',
      cwd: tmpdir(),
      env: { npm_execpath: npmPath, PATH: '' },
    })
  return { root, run }
}

test('a fresh clone is installed with one line that says why; the next run is quiet', t => {
  const { run } = clone(t, { installs: true })
  const first = run()
  assert.equal(first.status, 0, first.stderr)
  assert.match(first.stderr, /npm ci.*because node_modules is missing/)
  assert.match(first.stderr, /called with ci /)
  const second = run()
  assert.equal(second.status, 0)
  assert.equal(second.stdout + second.stderr, '')
})

test('a newer lock file is installed again', t => {
  const { root, run } = clone(t, { installs: true })
  run()
  const later = new Date(Date.now() + 60_000)
  utimesSync(join(root, 'package-lock.json'), later, later)
  const outcome = run()
  assert.match(outcome.stderr, /because package-lock.json is newer than node_modules/)
  assert.match(outcome.stderr, /called with ci /)
})

test('a missing local Node is installed again', t => {
  const { root, run } = clone(t, { installs: true })
  run()
  rmSync(join(root, 'node_modules', '.bin', 'node'))
  assert.match(run().stderr, /the Node of package.json is missing/)
})

test('when npm fails, so does the set-up, and says what to do', t => {
  const failed = clone(t, { installs: false, exitCode: 7 }).run()
  assert.equal(failed.status, 1)
  assert.match(failed.stderr, /npm ci failed \(exit code 7\).*Run "npm ci" in/)
  const idle = clone(t, { installs: false }).run()
  assert.equal(idle.status, 1)
  assert.match(idle.stderr, /ended without an error, yet node_modules is missing/)
})
