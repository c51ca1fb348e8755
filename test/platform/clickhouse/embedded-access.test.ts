/** What another user of the machine, or a page in a browser on it, gets from the embedded server. */
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { type IncomingMessage, request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, suite, test } from 'node:test'
import { openClickHouse } from '../../../services/platform/clickhouse/client.ts'
import { openEmbeddedClickHouse } from '../../../services/platform/clickhouse/embedded.ts'

const directory = mkdtempSync(join(tmpdir(), 'weir-access-'))
const server = await openEmbeddedClickHouse({ directory }, { logger: { warn: () => {} } })
const owner = openClickHouse({ url: server.url, ...server.owner, database: 'weir' })
const reader = openClickHouse({ url: server.url, ...server.reader, database: 'weir' })
after(async () => {
  for (const one of [owner, reader, server]) await one[Symbol.asyncDispose]()
  rmSync(directory, { recursive: true, force: true, maxRetries: 5 })
})
await owner.command('CREATE DATABASE weir')
await owner.command('CREATE TABLE {database}.secrets (tenant_id String) ENGINE = MergeTree ORDER BY tenant_id')
await owner.insert('secrets', ['tenant_id'], [['acme']])

const basic = (name: string, password: string) => ({ authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}` })
const SELECT = `/?query=${encodeURIComponent('SELECT tenant_id FROM weir.secrets')}`
const ofOwner = basic(server.owner.username, server.owner.password)

suite('the embedded server', () => {
  for (const [who, path, headers] of [
    ['nobody', SELECT, {}],
    ['nobody, for nothing', '/?query=SELECT%201', {}],
    ['the account of its own session', SELECT, basic('default', '')],
    ['that account, named in the address', `${SELECT}&user=default&password=`, {}],
    ['that account, named in a header', SELECT, { 'x-clickhouse-user': 'default' }],
    ['that account, beside a name of ours', SELECT, { ...basic('weir', 'x'), 'x-clickhouse-user': 'default' }],
    ['the right name with a wrong password', SELECT, basic(server.owner.username, 'wrong')],
    ['the right name without a password', SELECT, basic(server.owner.username, '')],
    [
      'the right password under another host, as a page that rebinds its name has',
      SELECT,
      { ...ofOwner, host: `evil.example:${new URL(server.url).port}` },
    ],
    ['a page for dashboards', '/dashboard', {}],
    ['a page to play', '/play', {}],
  ] as const) {
    test(`refuses ${who}`, async () => {
      const answer = await ask(path, headers)
      assert.ok(answer.status === 401 || answer.status === 403, String(answer.status))
      assert.doesNotMatch(answer.body, /acme|<html/i)
    })
  }

  test('answers its owner, and whether it lives to anyone on the machine', async () => {
    assert.deepEqual(await owner.query('SELECT tenant_id FROM {database}.secrets'), [{ tenant_id: 'acme' }])
    assert.equal((await ask('/ping', {})).body, 'Ok.\n')
  })

  test('lets no page of another origin read its answers', async () => {
    for (const [method, headers] of [
      ['OPTIONS', {}],
      ['OPTIONS', ofOwner],
      ['GET', {}],
      ['GET', ofOwner],
    ] as const) {
      const answer = await ask(SELECT, { ...headers, origin: 'http://evil.example', 'access-control-request-method': 'GET' }, method)
      assert.equal(answer.headers['access-control-allow-origin'], undefined)
    }
    assert.equal(
      (await ask(`${SELECT}&add_http_cors_header=1`, { ...ofOwner, origin: 'http://evil.example' })).headers['access-control-allow-origin'],
      undefined,
    )
  })

  for (const sql of [
    "SELECT * FROM file('/etc/passwd', 'LineAsString')",
    "SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString')",
    "SELECT * FROM remote('127.0.0.1:1', system.one)",
    "SELECT * FROM executable('id', 'TSV', 'a String')",
    "SELECT * FROM s3('http://127.0.0.1:1/a/b', 'TSV', 'a String')",
    "INSERT INTO FUNCTION file('out.tsv', 'TSV', 'a String') VALUES ('x')",
    "CREATE TABLE weir.f (a String) ENGINE = File(TSV, '/etc/passwd')",
    "CREATE TABLE weir.u (a String) ENGINE = URL('http://127.0.0.1:1/', TSV)",
    "BACKUP DATABASE weir TO File('/tmp/weir-backup')",
    "CREATE USER another IDENTIFIED BY 'x'",
    'SYSTEM SHUTDOWN',
  ]) {
    test(`does not let its owner out of its tables: ${sql}`, async () => {
      await assert.rejects(owner.command(sql), { code: 'CLICKHOUSE_QUERY_FAILED' })
      await assert.rejects(reader.command(sql), { code: 'CLICKHOUSE_QUERY_FAILED' })
    })
  }

  test('has an account that reads, converts and does nothing else', async () => {
    assert.deepEqual(await reader.query('SELECT tenant_id FROM {database}.secrets'), [{ tenant_id: 'acme' }])
    assert.ok(await reader.convert({ columns: [['a', 'String']], rows: [['x']] }, 'Parquet'))
    for (const sql of [
      'DROP TABLE {database}.secrets',
      'TRUNCATE TABLE {database}.secrets',
      'DELETE FROM {database}.secrets WHERE true',
      'ALTER TABLE {database}.secrets ADD COLUMN b String',
      'CREATE TABLE {database}.more (a String) ENGINE = MergeTree ORDER BY a',
      "INSERT INTO {database}.secrets VALUES ('x')",
    ]) {
      await assert.rejects(reader.command(sql), { code: 'CLICKHOUSE_QUERY_FAILED' }, sql)
    }
  })

  test('listens for nothing but HTTP', async () => {
    const tcpPort = Number(/--tcp_port=(\d+)/.exec(readFileSync(`/proc/${server.pid()}/cmdline`, 'utf8'))?.[1])
    assert.ok(tcpPort > 0)
    await assert.rejects(new Promise((resolve, reject) => connect(tcpPort, '127.0.0.1').once('connect', resolve).once('error', reject)), {
      code: 'ECONNREFUSED',
    })
  })

  test('keeps its data and its passwords for one user', () => {
    const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8)
    assert.equal(modeOf(directory), '700')
    const own = readdirSync(join(directory, 'weir'))
    assert.deepEqual(own.sort(), ['config.xml', 'passwords.json', 'users.xml'])
    for (const name of own) assert.equal(modeOf(join(directory, 'weir', name)), '600', name)
    // The process list is open to all users.
    assert.ok(!readFileSync(`/proc/${server.pid()}/cmdline`, 'utf8').includes(server.owner.password))
    assert.ok(!readFileSync(join(directory, 'weir', 'users.xml'), 'utf8').includes(server.owner.password))
  })
})

test('the passwords of a folder stay, and those of two are different', async () => {
  const another = mkdtempSync(join(tmpdir(), 'weir-access-'))
  try {
    const accounts = []
    for (let start = 0; start < 2; start++) {
      await using opened = await openEmbeddedClickHouse({ directory: another }, { logger: { warn: () => {} } })
      accounts.push([opened.owner, opened.reader])
    }
    assert.deepEqual(accounts[0], accounts[1])
    assert.notEqual(accounts[0]?.[0]?.password, server.owner.password)
    assert.notEqual(accounts[0]?.[0]?.password, accounts[0]?.[1]?.password)
  } finally {
    rmSync(another, { recursive: true, force: true, maxRetries: 5 })
  }
})

interface Answer {
  status: number | undefined
  headers: IncomingMessage['headers']
  body: string
}

/** Not by fetch, which sets Host and Origin itself. */
function ask(path: string, headers: Readonly<Record<string, string>>, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(`${server.url}${path}`, { method, headers, agent: false }, answer => {
      let body = ''
      answer.setEncoding('utf8').on('data', (text: string) => {
        body += text
      })
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, body }))
    })
    asked.on('error', reject).end()
  })
}
