import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { announceRunning, findRunning } from '../../../services/platform/clickhouse/running.ts'
import { openToolClickHouse } from '../../../services/platform/clickhouse/tool.ts'
import { readSettings } from '../../../services/platform/env.ts'
import { openTestClickHouse } from '../../fakes/clickhouse-server.ts'

const deps = { searchPath: '', logger: { warn: () => {} }, now: Date.now }

function dataFolder(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'weir-tool-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

test('a command uses the server of CLICKHOUSE_URL where it is set', async t => {
  const { environment, clickhouse } = await openTestClickHouse(t)
  await clickhouse.command('CREATE TABLE {database}.seen (a UInt8) ENGINE = Memory')
  const dataDir = dataFolder(t)
  const settings = readSettings({ ...environment, WEIR_DATA_DIR: dataDir })
  await using tool = await openToolClickHouse(settings, deps)
  assert.deepEqual(await tool.query('SELECT count() AS rows FROM {database}.seen'), [{ rows: 0 }])
  assert.equal(existsSync(join(dataDir, 'clickhouse')), false)
})

test('a command uses the server of what runs in the data folder, or in the demo’s', async t => {
  const { url, database, owner } = await openTestClickHouse(t)
  const server = { clickhouse_url: url, clickhouse_user: owner.username, clickhouse_password: owner.password }
  for (const folder of ['', 'demo']) {
    const dataDir = dataFolder(t)
    const running = announceRunning(join(dataDir, folder), { ...server, brokers: ['localhost:9'] })
    const settings = readSettings({ WEIR_DATA_DIR: dataDir, CLICKHOUSE_DATABASE: database })
    await using tool = await openToolClickHouse(settings, deps)
    await tool.ping()
    assert.deepEqual([tool.dataDir, tool.brokers], [join(dataDir, folder), ['localhost:9']])
    running[Symbol.dispose]()
    assert.equal(await findRunning(join(dataDir, folder)), undefined)
  }
})

test('with nothing running, a server is started on the data for the command, migrated, and stopped with it', async t => {
  const dataDir = dataFolder(t)
  // What a killed standalone leaves behind: an address where nobody answers.
  announceRunning(dataDir, { clickhouse_url: 'http://127.0.0.1:1', clickhouse_user: 'weir', clickhouse_password: '', brokers: [] })
  const settings = readSettings({ WEIR_DATA_DIR: dataDir })
  {
    await using tool = await openToolClickHouse(settings, deps)
    await tool.insert('price_imports', ['version', 'source'], [[7, 'kept']])
  }
  await using again = await openToolClickHouse(settings, deps)
  assert.deepEqual(await again.query('SELECT version, source FROM {database}.price_imports'), [{ version: 7, source: 'kept' }])
})
