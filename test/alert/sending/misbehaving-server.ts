/** Servers on loopback that do what receivers should not, and remember what they were sent. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'

/** A request as it came. */
export interface Got {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** A server at a port of its own. */
export interface TestServer extends AsyncDisposable {
  readonly port: number
  readonly url: string
  readonly got: Got[]
}

/** Opens a server that answers as told; `secure`: over TLS, with a certificate that expired. */
export async function openTestServer(
  answer: (response: ServerResponse, got: Got) => void,
  options?: { secure: true },
): Promise<TestServer> {
  const got: Got[] = []
  const listener: RequestListener = (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', chunk => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      const one = { method, path: url, headers, body: Buffer.concat(chunks).toString('utf8') }
      got.push(one)
      answer(response, one)
    })
  }
  const server: Server = options?.secure ? createTlsServer(expiredTls(), listener) : createServer(listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    port,
    url: `${options?.secure ? 'https' : 'http'}://127.0.0.1:${port}/hook`,
    got,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Key and certificate that expired in 2021. */
function expiredTls(): { key: string; cert: string } {
  const read = (name: string) => readFileSync(new URL(`../../fixtures/expired-tls/${name}`, import.meta.url), 'utf8')
  return { key: read('key.pem'), cert: read('cert.pem') }
}

/** Answers this status at once. */
export const status =
  (code: number, headers: Record<string, string> = {}, body = '') =>
  (response: ServerResponse) =>
    void response.writeHead(code, headers).end(body)
