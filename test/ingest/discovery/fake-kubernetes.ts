import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'

/** What a pod is made of. */
export interface PodFacts {
  name: string
  namespace?: string
  ip?: string
  phase?: string
  labels?: Record<string, string>
  annotations?: Record<string, string>
  ports?: readonly { containerPort: number; name?: string; protocol?: string }[]
  deletionTimestamp?: string
}

/** A Kubernetes API server on loopback, over TLS with a certificate of its own authority, that knows pods and one token. */
export interface FakeKubernetes {
  address: string
  folder: string
  pods: PodFacts[]
  /** Paths with query of all requests. */
  asked: string[]
  status: number
  pageSize: number
}

export const TOKEN = 'fake-service-account-token'

/**
 * Opens the server; the folder has `ca.crt` and `token` as a service account's has. Undefined: there is no
 * openssl to make a certificate with.
 */
export async function openFakeKubernetes(t: TestContext): Promise<FakeKubernetes | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'weir-kubernetes-'))
  t.after(() => rm(folder, { recursive: true }))
  try {
    const subject = ['-subj', '/CN=fake', '-addext', 'subjectAltName=IP:127.0.0.1']
    const files = ['-keyout', `${folder}/key.pem`, '-out', `${folder}/ca.crt`]
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1', ...subject, ...files],
      {
        stdio: 'ignore',
      },
    )
  } catch {
    return undefined
  }
  await writeFile(join(folder, 'token'), `${TOKEN}\n`)
  const fake: FakeKubernetes = { address: '', folder, pods: [], asked: [], status: 200, pageSize: 500 }
  const [key, cert] = await Promise.all([readFile(join(folder, 'key.pem')), readFile(join(folder, 'ca.crt'))])
  const server = createServer({ key, cert }, (request, response) => {
    fake.asked.push(request.url ?? '')
    const status = request.headers.authorization === `Bearer ${TOKEN}` ? fake.status : 401
    response
      .writeHead(status, { 'content-type': 'application/json' })
      .end(JSON.stringify(status === 200 ? listOf(fake, request.url ?? '') : {}))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  fake.address = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  return fake
}

function listOf(fake: FakeKubernetes, url: string): object {
  const { pathname, searchParams } = new URL(url, 'https://fake')
  const namespace = /^\/api\/v1\/namespaces\/([^/]+)\/pods$/.exec(pathname)?.[1]
  const [label, value] = (searchParams.get('labelSelector') ?? '').split('=')
  const found = fake.pods.filter(
    pod => (namespace === undefined || pod.namespace === namespace) && (!label || pod.labels?.[label] === value),
  )
  const from = Number(searchParams.get('continue') ?? 0)
  const next = from + Math.min(fake.pageSize, Number(searchParams.get('limit')))
  const metadata = { resourceVersion: '1', ...(next < found.length && { continue: String(next) }) }
  return { kind: 'PodList', apiVersion: 'v1', metadata, items: found.slice(from, next).map(podOf) }
}

function podOf({ name, namespace, ip, phase = 'Running', labels, annotations, ports, deletionTimestamp }: PodFacts): object {
  return {
    metadata: { name, namespace, labels, annotations, deletionTimestamp, uid: 'u', managedFields: [] },
    spec: { containers: [{ name: 'main', image: 'x', ports }, { name: 'sidecar' }] },
    status: { phase, podIP: ip, conditions: [] },
  }
}
