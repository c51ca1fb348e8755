/** The worker as a process of its own, as it is deployed: killed, stopped and sent bad lines. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { ACCESS_LOG_TOPIC, topics, WORKER_GROUP } from '../../schemas/topics.ts'
import type { ClickHouse } from '../../services/platform/clickhouse/client.ts'
import { delay } from '../../services/platform/clock.ts'
import { openConfiguredEventLog } from '../../services/platform/event-log/open.ts'
import { openTestClickHouse } from '../fakes/clickhouse-server.ts'

const main = fileURLToPath(new URL('../../services/worker/main.ts', import.meta.url))
const MESSAGES = 60
const LINES = 20

test('a worker that is killed again and again loses no line, and every row identity names one line', async t => {
  const { clickhouse, eventLog, start } = await openRig(t)
  const sending = (async () => {
    for (let message = 0; message < MESSAGES; message++) {
      await eventLog.append(ACCESS_LOG_TOPIC, [{ partition: message % 8, value: Buffer.from(linesOf(message).join('\n')) }])
      await delay(20)
    }
  })()
  for (let kill = 0; kill < 3; kill++) {
    const worker = start()
    const before = await rowsWritten(clickhouse)
    // Killed as soon as it has written something more, which is before, during or after its commit.
    while ((await rowsWritten(clickhouse)) === before && worker.exitCode === null) await delay(1)
    await ended(worker, 'SIGKILL')
  }
  await sending
  const worker = start()
  await untilCommitted()
  await ended(worker, 'SIGTERM')
  const [found] = await clickhouse.query<{ requests: number; identities: number; rows: number }>(
    `SELECT uniqExact(request_id) AS requests, uniqExact(log_epoch, topic, partition, offset, line_no, row_no, request_id) AS ` +
      `identities, count() AS rows FROM {database}.attempts_raw`,
  )
  assert.ok(found)
  assert.equal(found.requests, MESSAGES * LINES)
  assert.equal(found.identities, MESSAGES * LINES)
  assert.ok(found.rows >= found.identities)
  assert.deepEqual(
    await clickhouse.query(
      'SELECT count() AS messages, sum(lines) AS lines, sum(accepted_lines) AS accepted FROM {database}.messages_read FINAL',
    ),
    [{ messages: MESSAGES, lines: MESSAGES * LINES, accepted: MESSAGES * LINES }],
  )

  async function untilCommitted(): Promise<void> {
    while ((await eventLog.offsets(ACCESS_LOG_TOPIC, WORKER_GROUP)).some(({ end, committed }) => end !== (committed ?? 0))) await delay(20)
  }
})

test('SIGTERM under load ends it with exit code 0: what it wrote is committed, so that nobody reads it again', async t => {
  const { clickhouse, eventLog, start } = await openRig(t)
  const worker = start()
  let isSending = true
  const sending = (async () => {
    for (let message = 0; isSending; message++) {
      await eventLog.append(ACCESS_LOG_TOPIC, [{ partition: message % 8, value: Buffer.from(linesOf(message).join('\n')) }])
      await delay(5)
    }
  })()
  while ((await rowsWritten(clickhouse)) === 0) await delay(10)
  assert.equal(await ended(worker, 'SIGTERM'), 0)
  isSending = false
  await sending
  const committed = (await eventLog.offsets(ACCESS_LOG_TOPIC, WORKER_GROUP)).reduce((sum, partition) => sum + (partition.committed ?? 0), 0)
  assert.ok(committed > 0)
  assert.equal(await rowsWritten(clickhouse), committed * LINES)
})

test('too many refused lines end it with exit code 1 and say why', async t => {
  const { eventLog, start } = await openRig(t, { WEIR_WORKER_DEAD_LETTER_WINDOW_LINES: '10' })
  await eventLog.append(ACCESS_LOG_TOPIC, [{ partition: 0, value: Buffer.from('junk\n'.repeat(30)) }])
  const worker = start()
  const output = collected(worker)
  assert.equal(await ended(worker), 1)
  const fatal = (await output).split('\n').find(line => line.includes('"fatal"')) ?? ''
  assert.equal(JSON.parse(fatal).code, 'WORKER_TOO_MANY_DEAD_LETTERS')
  assert.equal((await eventLog.offsets(ACCESS_LOG_TOPIC, WORKER_GROUP))[0]?.committed, undefined)
})

test('--check names every faulty setting and ends without connecting to anything', async () => {
  const worker = spawn(process.execPath, [main, '--check'], {
    env: { WEIR_WORKER_MAX_INSERT_ROWS: 'many', WEIR_WORKER_METRICS_PORT: '70000' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let faults = ''
  worker.stderr.setEncoding('utf8').on('data', text => {
    faults += text
  })
  assert.equal(await ended(worker), 2)
  assert.match(faults, /WEIR_WORKER_MAX_INSERT_ROWS/)
  assert.match(faults, /WEIR_WORKER_METRICS_PORT/)
})

async function openRig(t: TestContext, settings: Readonly<Record<string, string>> = {}) {
  const { clickhouse, environment } = await openTestClickHouse(t)
  const dataDir = mkdtempSync(join(tmpdir(), 'weir-worker-'))
  const eventLog = await openConfiguredEventLog({ kind: 'embedded', dataDir, brokers: [], epoch: undefined }, { now: Date.now })
  await eventLog.createTopics(topics)
  const started: ChildProcess[] = []
  t.after(async () => {
    for (const worker of started) await ended(worker, 'SIGKILL')
    await eventLog[Symbol.asyncDispose]()
    rmSync(dataDir, { recursive: true, force: true })
  })
  const env = {
    ...environment,
    WEIR_DATA_DIR: dataDir,
    WEIR_WORKER_METRICS_PORT: '0',
    WEIR_WORKER_MAX_INSERT_DELAY_MS: '20',
    ...settings,
  }
  const start = () => {
    const worker = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'inherit'] })
    started.push(worker)
    return worker
  }
  return { clickhouse, eventLog, start }
}

async function rowsWritten(clickhouse: ClickHouse): Promise<number> {
  const [row] = await clickhouse.query<{ rows: number }>('SELECT count() AS rows FROM {database}.attempts_raw')
  return row?.rows ?? 0
}

function linesOf(message: number): string[] {
  const started_at = new Date().toISOString()
  return Array.from({ length: LINES }, (_, line) =>
    JSON.stringify({ tenant_id: 'acme', request_id: `${message}-${line}`, started_at, output_tokens: 1 }),
  )
}

/** Sends the signal, if any, and gives the exit code; null when the signal killed it. */
async function ended(worker: ChildProcess, signal?: NodeJS.Signals): Promise<number | null> {
  if (worker.exitCode !== null || worker.signalCode !== null) return worker.exitCode
  const exited = new Promise<number | null>(resolve => worker.once('exit', resolve))
  if (signal) worker.kill(signal)
  return await exited
}

async function collected(worker: ChildProcess): Promise<string> {
  let output = ''
  for await (const chunk of worker.stdout ?? []) output += chunk
  return output
}
