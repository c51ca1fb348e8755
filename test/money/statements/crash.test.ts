import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { test } from 'node:test'
import { openAsOfDatabase } from '../../../services/cli/statements/as-of-database.ts'
import { parseDecimal } from '../../../services/money/decimal.ts'
import { closeStatements } from '../../../services/money/statements/close.ts'
import { readStatements } from '../../../services/money/statements/store.ts'
import type { ClickHouse } from '../../../services/platform/clickhouse/client.ts'
import { openTestClickHouse } from '../../fakes/clickhouse-server.ts'
import { closeConfig, closeDeps, givePrices, NOW_MS, sendLines, settle } from './closing-fixture.ts'

const d = parseDecimal

/** A client that dies at a statement: before it is sent, or after it was carried out, as a process does. */
function dying(clickhouse: ClickHouse, at: RegExp, when: 'before' | 'after'): ClickHouse {
  let isDead = false
  const through = async <T>(text: string, run: () => Promise<T>): Promise<T> => {
    if (isDead) throw new Error('the process is dead')
    const isHere = at.test(text)
    if (isHere && when === 'before') isDead = true
    if (isDead) throw new Error('the process is dead')
    const result = await run()
    if (isHere) isDead = true
    if (isDead) throw new Error('the process is dead')
    return result
  }
  return {
    ...clickhouse,
    command: (sql, parameters, settings) => through(sql, () => clickhouse.command(sql, parameters, settings)),
    query: (sql, parameters, settings) => through(sql, () => clickhouse.query(sql, parameters, settings)) as never,
    insert: (table, columns, rows) => through(table, () => clickhouse.insert(table, columns, rows)),
  }
}

const steps: readonly [name: string, at: RegExp][] = [
  ['the claim', /^statement_claims$/],
  ['pinning', /\.pinned_windows \(/],
  ['reading what is under way', /WITH\s+positions AS \(SELECT log_epoch, topic, partition, next_offset FROM/],
  ['reading the basis', /AS lines_received/],
  ['lines', /^statement_lines$/],
  ['details', /^statement_details$/],
  ['the closing insert', /INSERT INTO {database}\.statements/],
]

for (const when of ['before', 'after'] as const) {
  test(`a closer that dies ${when} any step leaves one statement, right, to the next one`, async t => {
    const { clickhouse } = await openTestClickHouse(t)
    await givePrices(clickhouse)
    const tenants = steps.map(([name]) => `tenant at ${name}`)
    const lines = tenants.flatMap(tenant => [1_000_000, 2_000_000].map(tokens => ({ tenant, tokens })))
    await settle(clickhouse, await sendLines(clickhouse, lines))
    for (const [index, [name, at]] of steps.entries()) {
      const tenant = tenants[index] as string
      const config = closeConfig({ tenants: [tenant] })
      await assert.rejects(closeStatements(config, closeDeps(dying(clickhouse, at, when))), /dead/, name)
      const isClosed = name === 'the closing insert' && when === 'after'
      assert.equal((await readStatements({ tenants: [tenant] }, clickhouse)).length, isClosed ? 1 : 0, name)
      // Its claim is still there, unless it died before it.
      const hasClaim = !(name === 'the claim' && when === 'before') && !isClosed
      if (hasClaim) {
        const [yielded] = await closeStatements(config, closeDeps(clickhouse))
        assert.equal(yielded?.error?.code, 'STATEMENT_CLAIMED', name)
      }
      const [outcome] = await closeStatements({ ...config, takeOver: true }, closeDeps(clickhouse, { now: () => NOW_MS + 60_000 }))
      assert.equal(outcome?.statement?.payable, d('7.5'), name)
      const stored = await readStatements({ tenants: [tenant] }, clickhouse)
      assert.deepEqual(
        stored.map(one => [one.content_sha256, one.lines.length, one.details.length]),
        [[outcome?.statement?.content_sha256, 1, 1]],
        name,
      )
    }
    const rows = await clickhouse.query('SELECT statement_id FROM {database}.statements')
    assert.equal(rows.length, steps.length)
  })
}

test('what a closer that died has left of its database is dropped by a later one, and nothing that is in use', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const names = async () =>
    (await clickhouse.query<{ name: string }>("SELECT name FROM system.databases WHERE name LIKE '%asof%' ORDER BY name")).map(
      ({ name }) => name,
    )
  const now = () => NOW_MS
  const died = await openAsOfDatabase({ priceVersion: 1 }, { live: clickhouse, now })
  {
    await using soonAfter = await openAsOfDatabase({ priceVersion: 1 }, { live: clickhouse, now })
    assert.deepEqual(await names(), [died.clickhouse.database, soonAfter.clickhouse.database].sort())
  }
  await using later = await openAsOfDatabase({ priceVersion: 1, leftAfterMs: 0 }, { live: clickhouse, now })
  assert.deepEqual(await names(), [later.clickhouse.database])
})

test('two closers at once make one statement', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  await givePrices(clickhouse)
  await settle(clickhouse, await sendLines(clickhouse, [{ tokens: 1_000_000 }]))
  const outcomes = (await Promise.all([1, 2, 3].map(() => closeStatements(closeConfig(), closeDeps(clickhouse))))).flat()
  assert.ok(outcomes.every(one => one.statement || one.error?.code === 'STATEMENT_CLAIMED'))
  const [last] = await closeStatements(closeConfig(), closeDeps(clickhouse, { now: () => NOW_MS + 60_000 }))
  assert.equal(last?.statement?.payable, d('2.5'))
  const rows = await clickhouse.query('SELECT statement_id FROM {database}.statements')
  assert.equal(rows.length, 1)
})

test('a closer killed with SIGKILL leaves nothing that counts; the command closes after it', async t => {
  const { clickhouse, environment: settings } = await openTestClickHouse(t)
  await givePrices(clickhouse)
  await settle(clickhouse, await sendLines(clickhouse, [{ tokens: 3_000_000 }]))
  const environment = { ...process.env, ...settings }
  const start = (...more: string[]) => {
    const words = ['services/cli/main.ts', 'statements', 'close', '--tenant', 'acme', '--month', '2026-10', '--wait', '0', ...more]
    const child = spawn(process.execPath, words, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (said += text))
    return { child, ended: new Promise<number | null>(resolve => child.once('exit', resolve)), said: () => said }
  }
  const first = start()
  // Killed as soon as it has claimed, wherever it is then.
  while ((await clickhouse.query('SELECT 1 FROM {database}.statement_claims LIMIT 1')).length === 0)
    await new Promise(resolve => setTimeout(resolve, 5))
  first.child.kill('SIGKILL')
  await first.ended
  assert.ok((await readStatements({}, clickhouse)).length <= 1)
  const second = start('--take-over')
  assert.equal(await second.ended, 0, second.said())
  assert.match(second.said(), /2026-10-acme-822b33ad: (closed|was closed before), 7\.50 USD/)
  const [statement] = await readStatements({}, clickhouse)
  assert.equal(statement?.payable, d('7.5'))
})

test('an unknown tenant, a wrong month and a month of the future end with a clear error, and nothing is written', async t => {
  const { clickhouse, environment: settings } = await openTestClickHouse(t)
  await givePrices(clickhouse)
  await settle(clickhouse, await sendLines(clickhouse, [{ tokens: 1, tenant: 'umbrella' }]))
  const run = async (...words: string[]) => {
    const child = spawn(process.execPath, ['services/cli/main.ts', 'statements', ...words], {
      env: { ...process.env, ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (said += text))
    return { code: await new Promise<number | null>(resolve => child.once('exit', resolve)), said }
  }
  const answers = await Promise.all([
    run('close', '--tenant', 'umbrela', '--month', '2026-10'),
    run('close', '--tenant', 'umbrella', '--month', '2026-13'),
    run('close', '--tenant', 'umbrella', '--month', '2099-01'),
    run('adjust', 'umbrella', '--month', '2026-10', '--amount=5', '--currency', 'EUR', '--reason', 'x'),
    run('verify', '2026-10-nobody'),
  ])
  assert.deepEqual(
    answers.map(answer => answer.code),
    [1, 2, 1, 1, 1],
  )
  const expected = [
    /no tenant "umbrela".*did you mean umbrella\?/,
    /2026-13.*YYYY-MM/,
    /ends at 2099-02-01/,
    /billed in USD, not in EUR/,
    /no closed statement "2026-10-nobody"/,
  ]
  for (const [index, pattern] of expected.entries()) assert.match(answers[index]?.said ?? '', pattern)
  for (const table of ['statements', 'statement_lines', 'statement_details', 'adjustments']) {
    assert.deepEqual(await clickhouse.query(`SELECT 1 FROM {database}.${table}`), [], table)
  }
})
