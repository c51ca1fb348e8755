import { readFile } from 'node:fs/promises'
import Type from 'typebox'
import { Value } from 'typebox/value'
import { Agent, type Dispatcher, request } from 'undici'
import { SECOND } from '../../platform/clock.ts'
import { AppError } from '../../platform/errors.ts'
import { readBody } from '../read-body.ts'
import type { Target } from '../targets.ts'
import { Pod, podTarget } from './pod-targets.ts'
import type { KubernetesSource } from './targets-config.ts'

const PodList = Type.Object({
  metadata: Type.Optional(Type.Object({ continue: Type.Optional(Type.String()) })),
  items: Type.Union([Type.Array(Pod), Type.Null()]),
})

const TIMEOUT_MS = 10 * SECOND
/** Pods asked for at once, and the largest answer: a pod has some 10 KB. */
const PAGE_PODS = 500
const MAX_PAGE_BYTES = 32 * 1024 * 1024
/** More pages than a cluster can have pods for; stops a server that always names a next one. */
const MAX_PAGES = 1_000

/** The targets of a source's pods, and pods that should be targets and lack something. */
export interface PodTargets {
  targets: readonly Target[]
  faults: readonly string[]
}

/** Lists the pods of a source. Rejects when the API server cannot be asked, does not allow it or does not answer with pods. */
export async function readPodTargets(source: KubernetesSource): Promise<PodTargets> {
  const isTls = source.api_server.startsWith('https:')
  // Both files are replaced while the process runs, so they are read anew. A token is never sent in the clear.
  const dispatcher = new Agent(isTls ? { connect: { ca: await readFile(source.ca_file, 'utf8') } } : {})
  const authorization = isTls ? `Bearer ${(await readFile(source.token_file, 'utf8')).trim()}` : undefined
  try {
    const targets: Target[] = []
    const faults: string[] = []
    for (const path of pathsOf(source)) {
      for (const pod of await listPods(path, source, dispatcher, authorization)) {
        const target = podTarget(pod, source)
        if (typeof target === 'string') faults.push(`${pod.metadata.namespace ?? ''}/${pod.metadata.name}: ${target}`)
        else if (target !== undefined) targets.push(target)
      }
    }
    return { targets: targets.sort((a, b) => (a.url < b.url ? -1 : 1)), faults }
  } finally {
    await dispatcher.close()
  }
}

function pathsOf({ namespaces }: KubernetesSource): readonly string[] {
  return namespaces.length === 0 ? ['/api/v1/pods'] : namespaces.map(namespace => `/api/v1/namespaces/${namespace}/pods`)
}

async function listPods(path: string, source: KubernetesSource, dispatcher: Dispatcher, authorization: string | undefined): Promise<Pod[]> {
  const pods: Pod[] = []
  let next = ''
  for (let page = 0; page < MAX_PAGES; page++) {
    const query = new URLSearchParams({
      limit: String(PAGE_PODS),
      ...(source.selector && { labelSelector: source.selector }),
      ...(next && { continue: next }),
    })
    const list: unknown = await getJson(`${source.api_server}${path}?${query}`, dispatcher, authorization)
    if (!Value.Check(PodList, list))
      throw new AppError('SCRAPE_TARGETS_UNAVAILABLE', `${source.api_server}${path} did not answer with a list of pods`)
    for (const pod of list.items ?? []) pods.push(pod)
    next = list.metadata?.continue ?? ''
    if (next === '') return pods
  }
  throw new AppError('SCRAPE_TARGETS_UNAVAILABLE', `${source.api_server}${path} names ever more pages`)
}

async function getJson(url: string, dispatcher: Dispatcher, authorization: string | undefined): Promise<unknown> {
  const headers = { accept: 'application/json', 'user-agent': 'weir', ...(authorization && { authorization }) }
  const answer = await request(url, { dispatcher, headers, signal: AbortSignal.timeout(TIMEOUT_MS) })
  try {
    if (answer.statusCode !== 200)
      throw new AppError('SCRAPE_TARGETS_UNAVAILABLE', `${new URL(url).pathname} was answered ${answer.statusCode}`)
    const body = await readBody(answer.body, {
      contentEncoding: answer.headers['content-encoding'] as string | undefined,
      maxBodyBytes: MAX_PAGE_BYTES,
      maxInflatedBytes: MAX_PAGE_BYTES,
      lease: { add() {} },
    })
    return JSON.parse(body.toString('utf8'))
  } finally {
    answer.body.on('error', () => {})
    answer.body.destroy()
  }
}
