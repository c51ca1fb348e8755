import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { test } from 'node:test'
import { openClickHouse } from '../../services/platform/clickhouse/client.ts'
import { openEmbeddedClickHouse } from '../../services/platform/clickhouse/embedded.ts'
import { applyMigrations, readMigrations } from '../../services/platform/clickhouse/migrations.ts'
import { freePorts } from '../fakes/free-ports.ts'

test('the demo shows settled figures, and Ctrl-C ends everything it started and leaves the data usable', async t => {
  const dataDir = mkdtempSync(join(tmpdir(), 'weir-demo-'))
  t.after(() => rmSync(dataDir, { recursive: true, force: true }))
  // A relative one, as the default is.
  const env = { ...process.env, ...freePorts, WEIR_DATA_DIR: relative(process.cwd(), dataDir) }
  const demo = spawn(process.execPath, ['services/cli/main.ts', 'demo'], { env })
  let output = ''
  demo.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  demo.stderr.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  const ended = new Promise<number | null>(resolve => demo.once('exit', resolve))
  await until(
    () => /^acme +\d/m.test(output) && /^llama-70b-h100 /m.test(output),
    () => output,
  )
  const children = childrenOf(demo.pid as number)
  assert.ok(children.length > 0, 'the demo runs ClickHouse as its child')
  demo.kill('SIGINT')
  assert.equal(await ended, 0, output)
  for (const pid of children) assert.throws(() => process.kill(pid, 0), 'a child of the demo still runs')

  for (const tenant of ['acme', 'globex', 'stark']) assert.match(output, new RegExp(`^${tenant} +[\\d,]+ `, 'm'))
  assert.match(output, /llama-70b-h100 +\d/)
  assert.match(output, / 0 dead letters, 0 conflicts/)

  await using server = await openEmbeddedClickHouse(
    { directory: join(dataDir, 'demo', 'clickhouse') },
    { logger: { warn: () => undefined } },
  )
  await using clickhouse = openClickHouse({ url: server.url, ...server.owner, database: 'weir' })
  assert.deepEqual(
    await applyMigrations({ migrations: readMigrations(), isReplicated: false }, { clickhouse }),
    [],
    'the schema is there, nothing is applied again',
  )
  const [kept] = await clickhouse.query<{ requests: number; windows: number }>(
    'SELECT sum(requests) AS requests, count() AS windows FROM {database}.settled_windows_current',
  )
  assert.ok((kept?.requests ?? 0) > 5_000 && (kept?.windows ?? 0) >= 25, `half an hour is settled on disk, not ${JSON.stringify(kept)}`)
})

test('a wrong option of the demo is named and nothing is started', async () => {
  const demo = spawn(process.execPath, ['services/cli/main.ts', 'demo', '--seed', 'abc'])
  let errors = ''
  demo.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })
  assert.equal(await new Promise(resolve => demo.once('exit', resolve)), 2)
  assert.match(errors, /--seed/)
})

function childrenOf(pid: number): number[] {
  return spawnSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' })
    .stdout.split('\n')
    .filter(Boolean)
    .map(Number)
}

async function until(isTrue: () => boolean, explain: () => string): Promise<void> {
  for (let waited = 0; waited < 120_000; waited += 100) {
    if (isTrue()) return
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  assert.fail(`not reached in 120 s:\n${explain()}`)
}
