import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { suite, test } from 'node:test'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { readAlertingConfig } from '../../../services/alert/config/read-alerting-config.ts'
import type { DeliveryOutcome } from '../../../services/alert/receivers/receiver.ts'
import { firing, resolved } from './notifications.ts'
import { receiversOf } from './receivers-of.ts'

const never = new AbortController().signal

interface MailServer extends AsyncDisposable {
  readonly port: number
  readonly mails: string[]
}

async function openMailServer(options: SMTPServerOptions = {}): Promise<MailServer> {
  const mails: string[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, _session, callback) {
      const chunks: Buffer[] = []
      stream.on('data', chunk => chunks.push(chunk))
      stream.on('end', () => {
        mails.push(Buffer.concat(chunks).toString('utf8'))
        callback()
      })
    },
    ...options,
  })
  server.on('error', () => {})
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  return {
    port: (server.server.address() as AddressInfo).port,
    mails,
    async [Symbol.asyncDispose]() {
      await new Promise<void>(resolve => server.close(() => resolve()))
    },
  }
}

async function sendTo(
  port: number,
  over: { entry?: string; notification?: typeof firing; signal?: AbortSignal } = {},
): Promise<DeliveryOutcome> {
  const config = readAlertingConfig(
    `
receivers:
  - name: mail
    kind: email
    host: 127.0.0.1
    port: ${port}
    from: Weir <weir@example.com>
    to: [ops@example.com, boss@example.com]
    ${over.entry ?? 'plain_text_connection: true'}
`,
    'a.yaml',
  )
  const receiver = receiversOf(config, Date.now, { environment: { MAIL_USER: 'fake', MAIL_PASSWORD: 'fake-marked-secret' } }).get('mail')
  assert.ok(receiver)
  return await receiver.send(over.notification ?? firing, over.signal ?? never)
}

suite('mail', () => {
  test('arrives with text and HTML, in the thread of its group', async () => {
    await using server = await openMailServer()
    for (const notification of [firing, resolved])
      assert.deepEqual(await sendTo(server.port, { notification }), { outcome: 'delivered', status: 250, detail: 'accepted' })
    const headersOf = (mail: string | undefined) => (mail ?? '').split('\r\n\r\n')[0]?.replaceAll(/\r\n[ \t]+/g, ' ') ?? ''
    const header = (mail: string | undefined, name: string) => new RegExp(`^${name}: (.*)$`, 'im').exec(headersOf(mail))?.[1]
    const [first, last] = server.mails
    assert.equal(header(first, 'Subject'), firing.title)
    assert.equal(header(first, 'To'), 'ops@example.com, boss@example.com')
    assert.equal(header(first, 'Message-ID'), `<${firing.id}@example.com>`)
    assert.match(header(first, 'References') ?? '', /^<weir-[0-9a-f]{32}@example\.com>$/)
    assert.equal(header(first, 'References'), header(last, 'In-Reply-To'))
    assert.deepEqual([header(first, 'Auto-Submitted'), header(first, 'Importance')], ['auto-generated', 'high'])
    assert.match(first ?? '', /Content-Type: text\/plain; charset=utf-8/)
    assert.match(first ?? '', /Content-Type: text\/html; charset=utf-8/)
    assert.match(first ?? '', /fallback to provider-c rescues 92/)
  })

  test('no name becomes a header or an address', async () => {
    await using server = await openMailServer()
    const title = 'budget of x\r\nBcc: victim@example.com\r\n\r\n<script>'
    assert.equal((await sendTo(server.port, { notification: { ...firing, title } })).outcome, 'delivered')
    assert.doesNotMatch(server.mails[0] ?? '', /^Bcc:/im)
    assert.doesNotMatch(server.mails[0]?.split('text/html')[1] ?? '', /<script>/)
  })

  test('a reply 4yz is tried again, 5yz is final, a refused login may be put right', async () => {
    const answer = (responseCode: number): SMTPServerOptions => ({
      onMailFrom: (_address, _session, callback) => callback(Object.assign(new Error('no'), { responseCode })),
    })
    for (const [code, outcome] of [
      [421, 'retry'],
      [451, 'retry'],
      [550, 'refused'],
    ] as const) {
      await using server = await openMailServer(answer(code))
      const told = await sendTo(server.port)
      assert.deepEqual([told.outcome, told.status], [outcome, code])
    }
    await using server = await openMailServer({
      allowInsecureAuth: true,
      onAuth: (_auth, _session, callback) => callback(Object.assign(new Error('fake-marked-secret'), { responseCode: 535 })),
    })
    const entry = 'plain_text_connection: true\n    user: "env:MAIL_USER"\n    password: "env:MAIL_PASSWORD"'
    const told = await sendTo(server.port, { entry })
    assert.deepEqual(told, { outcome: 'retry', status: 535, detail: 'the mail server answered 535 (EAUTH)' })
  })

  test('nothing is sent without TLS unless that is allowed, and what cannot be reached is tried again', async () => {
    const server = await openMailServer()
    const told = await sendTo(server.port, { entry: 'plain_text_connection: false' })
    assert.deepEqual([told.outcome, server.mails.length], ['retry', 0])
    await server[Symbol.asyncDispose]()
    assert.deepEqual(await sendTo(server.port), { outcome: 'retry', status: null, detail: 'the mail server could not be used (ESOCKET)' })
  })

  test('a stop ends the try, however slow the server is', async () => {
    await using server = await openMailServer({ onMailFrom: () => {} })
    const stop = new AbortController()
    const told = sendTo(server.port, { signal: stop.signal })
    setTimeout(() => stop.abort(), 50)
    assert.deepEqual(await told, { outcome: 'retry', status: null, detail: 'stopped' })
    assert.equal((await sendTo(server.port, { signal: AbortSignal.abort() })).detail, 'stopped')
  })
})
