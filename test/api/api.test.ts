import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { apiFiles, runApi } from '../../services/api/api.ts'
import { readSettings } from '../../services/platform/env.ts'
import { buildLogger } from '../../services/platform/log.ts'
import { addTokens } from '../../services/platform/tokens-file.ts'
import { openTestClickHouse } from '../fakes/clickhouse-server.ts'

const { clickhouse, environment: settings } = await openTestClickHouse({ after })
const main = new URL('../../services/api/main.ts', import.meta.url).pathname

const openEventLog = () => Promise.reject(new Error('readers need no event log'))
const settingsOf = (environment: Record<string, string>) => readSettings({ WEIR_API_PORT: '0', ...environment })

function logged(): { lines: { level: string; msg: string }[]; logger: ReturnType<typeof buildLogger> } {
  const lines: { level: string; msg: string }[] = []
  return { lines, logger: buildLogger({ service: 'api', level: 'info' }, { write: text => void lines.push(JSON.parse(text)) }) }
}

test('an address reachable from outside needs a tokens file', async () => {
  for (const host of ['0.0.0.0', '::', '192.0.2.1']) {
    await assert.rejects(
      runApi(
        settingsOf({ WEIR_API_HOST: host }),
        { clickhouse, openEventLog, logger: logged().logger, now: Date.now },
        AbortSignal.abort(),
      ),
      { code: 'SETTINGS_INVALID', message: /set WEIR_TOKENS_FILE/ },
    )
  }
})

test('tokens of a file are in force from start to abort; aborting closes the server', async t => {
  const directory = mkdtempSync(join(tmpdir(), 'weir-api-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  const tokensFile = join(directory, 'tokens.json')
  const [operator, sender] = await addTokens(
    tokensFile,
    [
      { name: 'operations', role: 'operator' },
      { name: 'edge', role: 'sender' },
    ],
    { now: Date.now },
  )
  const { lines, logger } = logged()
  const stop = new AbortController()
  const listening = Promise.withResolvers<string | undefined>()
  const deps = { clickhouse, openEventLog, logger, now: Date.now, onReady: listening.resolve }
  const running = runApi(settingsOf({ WEIR_TOKENS_FILE: tokensFile }), deps, stop.signal)
  const base = await listening.promise
  const status = async (token?: string) =>
    (await fetch(`${base}/v1/usage`, token ? { headers: { authorization: `Bearer ${token}` } } : {})).status
  assert.deepEqual([await status(), await status(operator), await status(sender)], [401, 200, 403])
  stop.abort()
  await running
  await assert.rejects(fetch(String(base)))
  assert.ok(!JSON.stringify(lines).includes(String(operator)), 'no token in the log')
})

test('without a tokens file the log says that everyone reads as an operator', async () => {
  const { lines, logger } = logged()
  const stop = new AbortController()
  await runApi(settingsOf({}), { clickhouse, openEventLog, logger, now: Date.now, onReady: () => stop.abort() }, stop.signal)
  assert.ok(lines.some(line => line.level === 'warn' && line.msg.includes('operator')))
})

test('--check tells every fault of the egress file with its line, and takes one that has none', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-egress-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'egress.yaml')
  const check = () => Promise.all(apiFiles(settingsOf({ WEIR_EGRESS_FILE: file })))
  await assert.rejects(check(), /egress\.yaml: .*ENOENT/)
  writeFileSync(file, 'allow:\n  - providr: openai\n  - provider: anthropic\n    regions: []\n')
  await assert.rejects(check(), /egress\.yaml:2: .*did you mean provider[\s\S]*egress\.yaml:4: /)
  writeFileSync(file, 'allow:\n  - provider: openai\n')
  await check()
})

test('--check validates the settings and ends; SIGTERM ends a running service with code 0', async () => {
  const environment = { PATH: '', ...settings, WEIR_API_PORT: '0' }
  const checked = spawn(process.execPath, [main, '--check'], { env: environment, stdio: 'ignore' })
  assert.deepEqual(await once(checked, 'exit'), [0, null])
  const faulty = spawn(process.execPath, [main, '--check'], { env: { ...environment, WEIR_API_PORT: 'x' }, stdio: 'ignore' })
  assert.deepEqual(await once(faulty, 'exit'), [2, null])
  const service = spawn(process.execPath, [main], { env: environment, stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(service, 'exit')
  // Read on until the end: a service whose log nobody reads any more is another story.
  await new Promise<void>(resolve => {
    service.stdout.setEncoding('utf8').on('data', (chunk: string) => chunk.includes('the read API listens') && resolve())
  })
  service.kill('SIGTERM')
  assert.deepEqual(await exited, [0, null])
})
