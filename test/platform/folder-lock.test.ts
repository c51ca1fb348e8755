import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { LOCK_FILE, lockFolder } from '../../services/platform/folder-lock.ts'

const directory = mkdtempSync(join(tmpdir(), 'weir-lock-'))
after(() => rmSync(directory, { recursive: true, force: true }))
const now = () => Date.UTC(2026, 10, 28, 9)

/** A process that takes the folder and holds it until it is killed. */
async function holder(folder: string) {
  const code = `const { lockFolder } = await import('./services/platform/folder-lock.ts')
    lockFolder(${JSON.stringify(folder)}, { what: 'weir standalone' }, { now: () => ${now()} })
    console.log('held')
    setInterval(() => {}, 1e6)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  return {
    pid: child.pid,
    kill: async () => {
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}

test('a folder that a living process holds is refused, with who holds it and since when; killed, it is taken over', async () => {
  const folder = join(directory, 'held')
  const other = await holder(folder)
  assert.throws(() => lockFolder(folder, { what: 'weir demo' }, { now }), {
    code: 'DATA_FOLDER_TAKEN',
    message: new RegExp(`in use by weir standalone \\(process ${other.pid}\\) since 2026-11-28T09:00:00.000Z`),
  })
  await other.kill()
  assert.ok(existsSync(join(folder, LOCK_FILE)), 'a killed process leaves its lock')
  {
    using _lock = lockFolder(folder, { what: 'weir demo' }, { now })
    assert.equal(JSON.parse(readFileSync(join(folder, LOCK_FILE), 'utf8')).pid, process.pid)
  }
  assert.equal(existsSync(join(folder, LOCK_FILE)), false)
})

test('a lock of a process whose id another one has now, or that cannot be read, is nobody’s', () => {
  const facts = { pid: process.ppid, since: '2026-01-01T00:00:00Z', what: 'weir standalone' }
  for (const text of [JSON.stringify({ ...facts, started: '1' }), '', '{', '[]', JSON.stringify({ ...facts, pid: -1, started: '' })]) {
    writeFileSync(join(directory, LOCK_FILE), text)
    using _lock = lockFolder(directory, { what: 'test' }, { now })
    assert.equal(JSON.parse(readFileSync(join(directory, LOCK_FILE), 'utf8')).what, 'test')
  }
})
