/**
 * Names of upstreams. Figures name pools and providers, never an address: addresses come and go, and say nothing to a reader. A name is
 * learnt from what the gateway calls the backend or the cluster, else from a host's name; where there are only addresses, from the
 * operator's own file of upstreams.
 */
import ipaddr from 'ipaddr.js'
import type { AttemptContent } from '../attempt.ts'
import { hostOf, isAddress } from './addresses.ts'
import { remembered } from './remembered.ts'

/** A pool of which nothing but addresses is known. */
export const UNNAMED = 'unnamed'

/** What the operator's file says of one upstream. */
export interface UpstreamName {
  kind: 'pool' | 'provider'
  name: string
  /** Networks (CIDR), or hosts, host:port, clusters and backends, with `*` for any part. */
  match: readonly string[]
}

/** Finds the operator's name for an upstream by any of the words that a line has for it; undefined: the file does not name it. */
export type NameUpstream = (...words: readonly string[]) => Pick<UpstreamName, 'kind' | 'name'> | undefined

/** Builds the finder; the first entry that matches counts. Throws RangeError of ipaddr.js for a network that is none. */
export function buildUpstreamNames(entries: readonly UpstreamName[]): NameUpstream {
  const rules = entries.map(({ kind, name, match }) => ({ kind, name, tests: match.map(testOf) }))
  const find = remembered(word => {
    const host = hostOf(word)
    return rules.find(({ tests }) => tests.some(test => test(word, host))) ?? null
  })
  return (...words) => {
    for (const word of words) {
      const found = word === '' ? null : find(word)
      if (found !== null) return found
    }
    return undefined
  }
}

type Test = (word: string, host: string) => boolean

/** Whether a pattern is a network of addresses. */
export function isNetwork(pattern: string): boolean {
  return ipaddr.isValidCIDR(pattern)
}

function testOf(pattern: string): Test {
  if (isNetwork(pattern)) {
    const [network, bits] = ipaddr.parseCIDR(pattern)
    return (_word, host) => {
      if (!ipaddr.isValid(host)) return false
      const address = ipaddr.process(host)
      return address.kind() === network.kind() && address.match(network, bits)
    }
  }
  const form = new RegExp(`^${pattern.split('*').map(RegExp.escape).join('.*')}$`, 'i')
  return (word, host) => form.test(word) || form.test(host)
}

/** `outbound|8000|v1|vllm.ai.svc.cluster.local`, as Istio names clusters: port, subset and host. */
const ISTIO = /^(?:out|in)bound\|\d*\|([^|]*)\|(.+)$/
/** A service, or a pod of one, by the names of Kubernetes' DNS: `[pod.]service.namespace.svc[.cluster domain]`. */
const SERVICE = /^(?:[\w-]+\.)?([\w-]+)\.([\w-]+)\.(?:svc|pod)(?:\.|$)/

/**
 * The name of a pool: what the gateway calls the backend, or else its host. A service of Kubernetes is `namespace/service`, as Envoy AI
 * Gateway names backends. `UNNAMED` where both are addresses or nothing.
 */
export function poolNameOf(backend: string, host: string): string {
  return named(backend) || named(host) || UNNAMED
}

/** '' where the words are an address or nothing. */
const named = remembered(words => {
  const [, subset = '', name = words] = ISTIO.exec(words) ?? []
  if (name === '' || isAddress(name)) return ''
  const service = SERVICE.exec(hostOf(name))
  const plain = service === null ? name : `${service[2]}/${service[1]}`
  return subset === '' ? plain : `${plain}/${subset}`
})

/** Puts the operator's name of the upstream that was called into an attempt; whether the file names it. */
export function nameUpstream(attempt: AttemptContent, find: NameUpstream): boolean {
  const found = attempt.upstream_kind === '' ? undefined : find(attempt.endpoint, attempt.pool, attempt.provider)
  if (found === undefined) return false
  attempt.upstream_kind = found.kind
  attempt.pool = found.kind === 'pool' ? found.name : ''
  attempt.provider = found.kind === 'provider' ? found.name : ''
  return true
}
