/** One part of `npm start` that fails again and again: the others go on, everybody can see it, and it comes back by itself. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openToolClickHouse } from '../../services/platform/clickhouse/tool.ts'
import { delay } from '../../services/platform/clock.ts'
import { readSettings } from '../../services/platform/env.ts'
import { buildLogger } from '../../services/platform/log.ts'
import { openStandalone } from '../../services/standalone/standalone.ts'
import { freePorts } from '../fakes/free-ports.ts'

test('charge that cannot read its terms is restarted and shown, while lines are taken, settled and answered for', async t => {
  const dataDir = mkdtempSync(join(tmpdir(), 'weir-part-'))
  t.after(() => rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 }))
  const environment = { ...freePorts, WEIR_DATA_DIR: dataDir, WEIR_CHARGE_INTERVAL_MS: '100', WEIR_SETTLE_QUIET_MS: '100' }
  const settings = readSettings(environment)
  const errors: { part?: string; msg: string }[] = []
  const logger = buildLogger({ service: 'test', level: 'error' }, { write: text => void errors.push(JSON.parse(text)) })
  const deps = { logger, now: Date.now, searchPath: '' }
  await using standalone = await openStandalone(settings, deps)
  const stateOf = (part: string) => standalone.parts().find(one => one.part === part)
  const requests = async () => {
    const answer = await fetch(`${standalone.apiUrl}/v1/usage`)
    return ((await answer.json()) as { rows: { requests: number }[] }).rows[0]?.requests ?? 0
  }
  let sent = 0
  const send = async () => {
    const line = { tenant_id: 'acme', request_id: `r-${sent++}`, started_at: new Date().toISOString(), output_tokens: 1 }
    const answer = await fetch(`${standalone.ingestUrl}/v1/access-logs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(line),
    })
    assert.equal(answer.status, 202)
  }
  await send()
  await until(async () => (await requests()) === 1)

  await using clickhouse = await openToolClickHouse(settings, deps)
  await clickhouse.command('RENAME TABLE {database}.billing_terms TO {database}.billing_terms_gone')
  await until(async () => (stateOf('charge')?.restarts ?? 0) >= 2)
  const health = await fetch(`${standalone.ingestUrl}/healthz`)
  const { parts } = (await health.json()) as { parts: { part: string; state: string; code: string }[] }
  assert.equal(health.status, 200, 'what charge lacks takes no sender away from ingest')
  assert.equal(parts.find(one => one.part === 'charge')?.code, 'CLICKHOUSE_QUERY_FAILED')
  await send()
  await until(async () => (await requests()) === 2)
  assert.ok(errors.some(line => line.part === 'charge' && line.msg.includes('started again')))
  for (const part of ['ingest', 'worker', 'settle', 'api'])
    assert.deepEqual([stateOf(part)?.state, stateOf(part)?.restarts], ['running', 0], part)

  await clickhouse.command('RENAME TABLE {database}.billing_terms_gone TO {database}.billing_terms')
  await until(async () => stateOf('charge')?.state === 'running')
})

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let waited = 0; waited < 90_000; waited += 100) {
    if (await isSo()) return
    await delay(100)
  }
  assert.fail('not reached in 90 s')
}
