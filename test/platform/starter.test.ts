import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { programOnPath } from '../ingest/program.ts'

const npm = programOnPath('npm', 'npm')
const ingest = fileURLToPath(new URL('../../services/ingest/main.ts', import.meta.url))

for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
  test(`npm that ends by ${signal} takes along what it started`, { skip: npm === undefined }, async t => {
    const directory = mkdtempSync(join(tmpdir(), 'weir-starter-'))
    t.after(() => rmSync(directory, { recursive: true, force: true }))
    const start = `"${process.execPath}" "${ingest}"`
    writeFileSync(join(directory, 'package.json'), JSON.stringify({ name: 'starter', version: '1.0.0', scripts: { start } }))
    const env = { PATH: process.env['PATH'], HOME: directory, WEIR_DATA_DIR: directory, WEIR_INGEST_PORT: '0' }
    const child = spawn(npm ?? '', ['start', '--no-update-notifier'], { cwd: directory, env, stdio: ['ignore', 'pipe', 'inherit'] })
    // Closed when the last process that writes to it has ended.
    const closed = once(child, 'close')
    let log = ''
    child.stdout.setEncoding('utf8').on('data', text => {
      log += text
    })
    while (!log.includes('ingest takes lines')) await once(child.stdout, 'data')
    child.kill(signal)
    await closed
    assert.match(log, /"msg":"stopped"/)
  })
}
