/** The package as it is packed, installed in a folder of its own: `npx weir` works there, where Node strips no types by itself. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { programOnPath } from '../ingest/program.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'weir-packed-'))
after(() => rmSync(folder, { recursive: true, force: true }))
const npm = programOnPath('npm', 'npm')

test('a packed package holds what runs and no tests, and its report runs from node_modules', { skip: npm === undefined }, () => {
  const run = (program: string, args: string[], cwd: string) => {
    const { status, stdout, stderr } = spawnSync(program, args, { cwd, encoding: 'utf8' })
    assert.equal(status, 0, `${program} ${args.join(' ')}\n${stderr}`)
    return stdout
  }
  const [packed] = JSON.parse(run(npm ?? '', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], root)) as {
    filename: string
    files: { path: string }[]
  }[]
  const paths = packed?.files.map(({ path }) => path) ?? []
  assert.ok(paths.length > 500)
  assert.deepEqual(
    paths.filter(path => /^(test|\.cache|\.ci|data|node_modules)\//.test(path) || /\.test\.ts$/.test(path)),
    [],
  )
  // What npm install would make of it; the packages that it needs are those that are here.
  const modules = join(folder, 'node_modules')
  mkdirSync(join(modules, 'weir'), { recursive: true })
  run('tar', ['xzf', packed?.filename ?? '', '-C', join(modules, 'weir'), '--strip-components=1'], folder)
  for (const name of readdirSync(join(root, 'node_modules'))) symlinkSync(join(root, 'node_modules', name), join(modules, name))
  const weir = (...args: string[]) => run(process.execPath, [join(modules, 'weir', 'bin', 'weir.mjs'), ...args], folder)
  assert.match(weir('--version'), /^\d+\.\d+\.\d+\n$/)
  const sample = join(root, 'test', 'fixtures', 'samples', 'kong_log_two_tries.json')
  assert.match(weir('report', sample), /^acme +chat +gpt-4o/m)
})
