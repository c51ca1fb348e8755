/** Who is on call in the demo: a receiver on this machine that keeps what it is told. */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import { plainText } from '../alert/message/message-parts.ts'
import type { Notification } from '../alert/notification.ts'
import { demoAlertingFile } from './alerting-file.ts'

/** A message as a person reads it; `to`: on-call, or the owners of what it is about. */
export interface Message {
  readonly atMs: number
  readonly to: string
  readonly text: string
  readonly title: string
}

/** The receiver; disposing closes it. */
export interface OnCall extends AsyncDisposable {
  /** The alerting file that sends everything here. */
  readonly alertsFile: string
  /** What was told, as a person reads it, the latest last. */
  readonly messages: readonly Message[]
}

/** Largest body taken; the demo's messages are a tenth of it. */
const MOST_BYTES = 100_000

/**
 * Opens it on a free port of this machine and writes an alerting file beside the demo's data. `consoleUrl`: where links lead to; null:
 * there are none. `onMessage` is told of each message once.
 */
export async function openOnCall(
  { dataDir, consoleUrl }: { dataDir: string; consoleUrl: string | null },
  { now, onMessage }: { now: () => number; onMessage: (message: Message) => void },
): Promise<OnCall> {
  const messages: Message[] = []
  const ids = new Set<string>()
  const server = createServer(async (request, response) => {
    const notification = await readNotification(request)
    response.statusCode = notification ? 200 : 400
    response.end()
    if (!notification || ids.has(notification.id)) return
    ids.add(notification.id)
    const to = request.url === '/owners' ? 'the owner of a budget' : 'on-call'
    const message = { atMs: now(), to, text: plainText(notification), title: notification.title }
    messages.push(message)
    onMessage(message)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  // The file names it by its whole path: the data folder may be a relative one.
  const keyFile = resolve(dataDir, 'on-call.key')
  writeFileSync(keyFile, `whsec_${randomBytes(24).toString('base64')}\n`, { mode: 0o600 })
  const alertsFile = join(dataDir, 'alerting.yaml')
  writeFileSync(alertsFile, demoAlertingFile({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, keyFile, consoleUrl }))
  return {
    alertsFile,
    messages,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
    },
  }
}

async function readNotification(request: IncomingMessage): Promise<Notification | undefined> {
  let body = ''
  for await (const chunk of request) {
    body += chunk
    if (body.length > MOST_BYTES) return undefined
  }
  try {
    return (JSON.parse(body) as { data: Notification }).data
  } catch {
    return undefined
  }
}
