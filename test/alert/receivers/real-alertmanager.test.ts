import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type TestContext, test } from 'node:test'
import { readAlertingConfig } from '../../../services/alert/config/read-alerting-config.ts'
import type { Notification } from '../../../services/alert/notification.ts'
import { alertmanagerWebhookBody } from '../../../services/alert/receivers/alertmanager-webhook.ts'
import { until } from '../../fakes/until.ts'
import { programOnPath } from '../../ingest/program.ts'
import { openTestServer, status } from '../sending/misbehaving-server.ts'
import { firing } from './notifications.ts'
import { receiversOf } from './receivers-of.ts'

const program = programOnPath('prometheus-alertmanager', 'Debian: apt install prometheus-alertmanager')

// biome-ignore lint/suspicious/noExplicitAny: what another program answers
type Json = any
const never = new AbortController().signal

test('a real Alertmanager accepts our alerts, holds them while they are told again, and ends them when we say so or fall silent', {
  skip: program === undefined,
}, async t => {
  await using told = await openTestServer(status(200))
  const url = await startAlertmanager(t, told.url)
  const config = readAlertingConfig(
    `
private_targets: [127.0.0.0/8]
receivers: [{ name: am, kind: alertmanager, url: "${url}/", plain_http: true, resend_every: 1s }]
`,
    'a.yaml',
  )
  const receiver = receiversOf(config, Date.now).get('am')
  assert.equal(receiver?.resendEveryMs, 1_000)
  const startedMs = Date.now()
  const tell = async (over: Partial<Notification>) =>
    assert.deepEqual(await receiver?.send({ ...atNow(firing, startedMs), ...over }, never), {
      outcome: 'delivered',
      status: 200,
      detail: 'answered 200',
    })
  const held = async (): Promise<Json[]> => (await (await fetch(`${url}/api/v2/alerts`)).json()) as Json[]
  const sentOf = (state: string) => told.got.map(({ body }) => JSON.parse(body) as Json).filter(body => body.status === state)

  await tell({})
  const alerts = (await held()).toSorted((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1))
  assert.deepEqual(
    alerts.map(({ labels }) => labels),
    [
      { alertname: 'failover-active', tenant_id: 'acme', severity: 'ticket' },
      { alertname: 'failover-active', tenant_id: 'globex', severity: 'ticket' },
      { alertname: 'provider-unhealthy', provider: 'provider-b', region: 'eu-west-1', severity: 'page' },
    ],
  )
  assert.equal(alerts[2].annotations.summary, firing.alerts[0]?.summary)

  // Held: told for longer than the four seconds that an alert lives without.
  for (let telling = 0; telling < 7; telling++) {
    await new Promise(resolve => setTimeout(resolve, 700))
    await tell({})
  }
  assert.equal((await held()).length, 3)
  await until(() => sentOf('firing').length > 0, 50)
  assert.equal(sentOf('resolved').length, 0)

  // Its own webhook and ours of the same shape have the same keys, ours some newer ones.
  const [own] = sentOf('firing')
  const ours = JSON.parse(alertmanagerWebhookBody(firing, 'weir', null)) as Json
  const missing = (theirs: object, mine: object) => Object.keys(theirs).filter(key => !(key in mine))
  assert.deepEqual([missing(own, ours), missing(own.alerts[0], ours.alerts[0])], [[], []])

  // One is over because we say so, the others since we fall silent.
  const [first, ...others] = atNow(firing, startedMs).alerts
  assert.ok(first)
  await tell({ alerts: [{ ...first, status: 'resolved', until_ms: Date.now() }, ...others], reason: 'some_resolved' })
  assert.deepEqual([...new Set((await held()).map(({ labels }) => labels.alertname))], ['failover-active'])
  await until(async () => (await held()).length === 0, 100)
  await until(() => sentOf('resolved').length > 0, 50)
})

const nameOf = ({ labels }: Json) => `${labels.alertname} ${labels.tenant_id}`

/** The message as if its group had begun to fire a minute before. */
function atNow(notification: Notification, nowMs: number): Notification {
  return { ...notification, alerts: notification.alerts.map(alert => ({ ...alert, since_ms: nowMs - 60_000 })), decided_at_ms: nowMs }
}

async function startAlertmanager(t: TestContext, webhook: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'weir-alertmanager-'))
  const config = join(folder, 'alertmanager.yml')
  await writeFile(
    config,
    `route: { receiver: weir, group_by: [alertname], group_wait: 100ms, group_interval: 1s, repeat_interval: 1h }
receivers: [{ name: weir, webhook_configs: [{ url: '${webhook}' }] }]
`,
  )
  const child = spawn(
    program as string,
    [`--config.file=${config}`, `--storage.path=${folder}/data`, '--web.listen-address=127.0.0.1:0', '--cluster.listen-address='],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  t.after(async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    await rm(folder, { recursive: true })
  })
  for await (const line of createInterface({ input: child.stderr })) {
    const [, address] = /Listening on.*address=(127\.0\.0\.1:\d+)/.exec(line) ?? []
    if (address !== undefined) {
      child.stderr.resume()
      return `http://${address}`
    }
  }
  throw new Error('alertmanager ended before it listened')
}
