import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { ACCESS_LOG_TOPIC, topics } from '../../schemas/topics.ts'
import { openEventLog } from '../../services/platform/event-log/open.ts'

const program = fileURLToPath(new URL('../../services/ingest/main.ts', import.meta.url))

async function startIngest(t: TestContext, dataDir: string): Promise<{ child: ChildProcess; address: string }> {
  const env = { PATH: process.env['PATH'], WEIR_DATA_DIR: dataDir, WEIR_INGEST_PORT: '0' }
  const child = spawn(process.execPath, [program], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  t.after(() => child.kill('SIGKILL'))
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    const { address } = JSON.parse(line) as { address?: string }
    if (address !== undefined) {
      child.stdout?.resume()
      return { child, address }
    }
  }
  throw new Error('ingest ended before it listened')
}

test('every line that the process answered 202 is on disk after kill -9, and SIGTERM ends it cleanly', async t => {
  const dataDir = await mkdtemp(join(tmpdir(), 'weir-ingest-'))
  t.after(() => rm(dataDir, { recursive: true }))
  const directory = join(dataDir, 'event-log')
  {
    await using eventLog = await openEventLog({ kind: 'embedded', directory }, { now: Date.now })
    await eventLog.createTopics(topics)
  }
  const first = await startIngest(t, dataDir)
  const acknowledged: string[] = []
  const exited = once(first.child, 'exit')
  for (let n = 0; n < 60; n++) {
    const line = `{"n":${n}}`
    if (n === 40) setImmediate(() => first.child.kill('SIGKILL'))
    const answer = await fetch(`${first.address}/v1/access-logs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: line,
    }).catch(() => undefined)
    if (answer?.status === 202) acknowledged.push(line)
  }
  await exited
  assert.ok(acknowledged.length >= 40 && acknowledged.length < 60)
  const second = await startIngest(t, dataDir)
  assert.equal((await fetch(`${second.address}/healthz`)).status, 200)
  second.child.kill('SIGTERM')
  assert.deepEqual(await once(second.child, 'exit'), [0, null])
  await using eventLog = await openEventLog({ kind: 'embedded', directory }, { now: Date.now })
  const found = new Set<string>()
  const ends = new Map((await eventLog.offsets(ACCESS_LOG_TOPIC)).map(({ partition, first, end }) => [partition, end - first]))
  const total = [...ends.values()].reduce((sum, count) => sum + count, 0)
  const all = Promise.withResolvers<void>()
  await using _consumer = await eventLog.consume(
    { group: 'test', topics: [ACCESS_LOG_TOPIC] },
    {
      async onBatch(batch) {
        for (const record of batch.records) found.add(Buffer.from(record.value).toString())
        if (found.size >= total) all.resolve()
      },
    },
  )
  await all.promise
  assert.deepEqual(
    acknowledged.filter(line => !found.has(line)),
    [],
  )
})
