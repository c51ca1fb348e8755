import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { openClickHouse } from '../../../services/platform/clickhouse/client.ts'
import { openEmbeddedClickHouse } from '../../../services/platform/clickhouse/embedded.ts'
import { delay } from '../../../services/platform/clock.ts'

const createTable = 'CREATE TABLE {database}.kept (a UInt64) ENGINE = MergeTree ORDER BY a'

test('a ClickHouse that is killed comes back on the same address with every acknowledged row', async t => {
  const warnings: string[] = []
  await using server = await openEmbeddedClickHouse(
    { directory: temporaryDirectory(t) },
    { logger: { warn: (_, message) => void warnings.push(message) } },
  )
  await using clickhouse = openClickHouse({ url: server.url, ...server.owner, database: 'default' })
  await clickhouse.command(createTable)
  await clickhouse.insert('kept', ['a'], [[1], [2], [3]])
  const before = server.pid() as number
  process.kill(before, 'SIGKILL')
  await until(async () => server.pid() !== before && (await isUp(() => clickhouse.ping())))
  assert.deepEqual(await clickhouse.query('SELECT a FROM {database}.kept ORDER BY a'), [{ a: 1 }, { a: 2 }, { a: 3 }])
  assert.equal(warnings.length, 1)
})

test('the data stay when the server is closed and opened again', async t => {
  const directory = temporaryDirectory(t)
  const logger = { warn: () => assert.fail('closing is no crash') }
  for (const rows of [[], [{ a: 7 }]]) {
    await using server = await openEmbeddedClickHouse({ directory }, { logger })
    await using clickhouse = openClickHouse({ url: server.url, ...server.owner, database: 'default' })
    if (rows.length === 0) {
      await clickhouse.command(createTable)
      await clickhouse.insert('kept', ['a'], [[7]])
    } else {
      assert.deepEqual(await clickhouse.query('SELECT a FROM {database}.kept'), rows)
    }
  }
})

test('a data directory that is named from where the process stands takes rows that are synced to disk', async t => {
  const directory = relative(process.cwd(), temporaryDirectory(t))
  await using server = await openEmbeddedClickHouse({ directory }, { logger: { warn: assert.fail } })
  await using clickhouse = openClickHouse({ url: server.url, ...server.owner, database: 'default' })
  await clickhouse.command(`${createTable} SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`)
  await clickhouse.insert('kept', ['a'], [[7]])
  assert.deepEqual(await clickhouse.query('SELECT a FROM {database}.kept'), [{ a: 7 }])
})

test('Ctrl-C at the terminal of the process that started it does not reach ClickHouse', async t => {
  await using server = await openEmbeddedClickHouse({ directory: temporaryDirectory(t) }, { logger: { warn: assert.fail } })
  const pid = server.pid() as number
  // A terminal signals a process group (man 4 tty_ioctl); the group is the third field after the name in brackets (man 5 proc).
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const [, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  assert.equal(Number(group), pid)
})

test('ClickHouse ends when the process that started it is killed', async t => {
  const parent = spawn(process.execPath, [fileURLToPath(new URL('embedded-parent.ts', import.meta.url)), temporaryDirectory(t)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.after(() => void parent.kill('SIGKILL'))
  const said = await new Promise<string>(resolve => parent.stdout.setEncoding('utf8').once('data', resolve))
  const { pid, url } = JSON.parse(said) as { pid: number; url: string }
  assert.equal((await fetch(`${url}/ping`)).ok, true)
  parent.kill('SIGKILL')
  await until(async () => !isAlive(pid))
  await assert.rejects(fetch(`${url}/ping`))
})

function temporaryDirectory(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'weir-clickhouse-'))
  t.after(() => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }))
  return directory
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

function isUp(ping: () => Promise<void>): Promise<boolean> {
  return ping().then(
    () => true,
    () => false,
  )
}

/** Waits for the condition; the test's own time limit ends a wait that never does. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await delay(50)
}
