import assert from 'node:assert/strict'
import { test } from 'node:test'
import { delay } from '../../services/platform/clock.ts'
import { AppError } from '../../services/platform/errors.ts'
import { buildProgress } from '../../services/platform/health.ts'
import { buildLogger } from '../../services/platform/log.ts'
import { buildMetrics } from '../../services/platform/metrics.ts'
import { type ProcessDeps, untilAborted } from '../../services/platform/service.ts'
import { buildParts } from '../../services/standalone/parts.ts'

/** A part with a health page that fails when it is told to. */
function failing() {
  const told = { starts: 0, port: 0, fail: (_error: unknown) => {}, work: Promise.resolve() }
  const run = async (deps: ProcessDeps, signal: AbortSignal) => {
    told.starts++
    const failure = Promise.withResolvers<never>()
    told.fail = failure.reject
    const page = {
      progress: buildProgress(deps.now, { stalledAfterMs: 1_000 }),
      registry: buildMetrics('worker').registry,
      parts: deps.parts,
    }
    await using health = await deps.openHealth?.({ host: '127.0.0.1', port: 0 }, page)
    told.port = health?.port ?? 0
    deps.onReady?.(`http://127.0.0.1:${told.port}`)
    await Promise.race([failure.promise, untilAborted(signal)])
  }
  return { told, run }
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await delay(5)
}

const page = async (port: number, path = '/healthz') => {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`)
  return {
    status: answer.status,
    body: (await answer.json()) as { status: string; reasons: unknown[]; parts: { part: string; state: string }[] },
  }
}

test('a part that fails shows unhealthy on its own page, is named on the others’, runs again, and the others never stop', async () => {
  const lines: { level: string; part?: string; code?: string; msg: string }[] = []
  const logger = buildLogger({ service: 'test', level: 'info' }, { write: text => void lines.push(JSON.parse(text)) })
  await using parts = buildParts({ logger, now: Date.now }, { policy: { baseDelayMs: 200, maxDelayMs: 200, stableMs: 60_000 } })
  const [charge, worker] = [failing(), failing()]
  parts.start('charge', charge.run)
  parts.start('worker', worker.run)
  const addresses = await parts.ready()
  assert.equal(addresses.get('worker'), `http://127.0.0.1:${worker.told.port}`)
  assert.deepEqual(
    parts.states().map(({ part, state }) => `${part} ${state}`),
    ['worker running', 'charge running'],
  )

  charge.told.fail(new AppError('CLICKHOUSE_QUERY_FAILED', 'a sum of tenant acme is past 2^53'))
  await until(() => parts.states().some(({ state }) => state === 'restarting'))
  const [own, others] = [await page(charge.told.port), await page(worker.told.port)]
  assert.equal(own.status, 503)
  assert.equal(own.body.status, 'failing')
  assert.deepEqual(own.body.reasons, [{ part: 'charge', state: 'restarting', restarts: 1, code: 'CLICKHOUSE_QUERY_FAILED' }])
  assert.equal((await page(charge.told.port, '/readyz')).status, 503)
  assert.equal(others.status, 200)
  assert.equal(others.body.parts.find(({ part }) => part === 'charge')?.state, 'restarting')
  assert.doesNotMatch(JSON.stringify(own.body), /acme/, 'a health page names no data')
  const said = lines.find(({ level }) => level === 'error')
  assert.equal(said?.part, 'charge')
  assert.match(said?.msg ?? '', /2\^53/)

  await until(() => charge.told.starts === 2 && parts.states().every(({ state }) => state === 'running'))
  assert.equal((await page(charge.told.port)).status, 200)
  assert.equal(worker.told.starts, 1)
})

test('a part that cannot start at all is the fault of the whole start, and what runs can be stopped', async () => {
  const logger = buildLogger({ service: 'test', level: 'silent' })
  const parts = buildParts({ logger, now: Date.now })
  const good = failing()
  parts.start('worker', good.run)
  parts.start('ingest', async () => {
    throw new AppError('SETTINGS_INVALID', 'the tokens file is no JSON')
  })
  await assert.rejects(parts.ready(), { code: 'SETTINGS_INVALID' })
  await parts[Symbol.asyncDispose]()
  await assert.rejects(page(good.told.port))
})

test('parts stop one after the other, the last one started first', async () => {
  const order: string[] = []
  const parts = buildParts({ logger: buildLogger({ service: 'test', level: 'silent' }), now: Date.now })
  for (const name of ['settle', 'worker', 'ingest']) {
    parts.start(name, async (deps, signal) => {
      deps.onReady?.()
      await untilAborted(signal)
      await delay(name === 'ingest' ? 20 : 1)
      order.push(name)
    })
  }
  await parts.ready()
  await parts[Symbol.asyncDispose]()
  assert.deepEqual(order, ['ingest', 'worker', 'settle'])
})
