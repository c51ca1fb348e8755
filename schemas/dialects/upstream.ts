/**
 * Whether an attempt went to a pool (model servers that the operator runs) or to a provider (an external API), and which. Gateways do not
 * say it, so it follows from what they do say, in this order:
 * 1. `upstream_kind`, `pool` or `provider` as fields of the line, where an operator has added them.
 * 2. A provider name under which gateways list servers that the operator runs (`hosted_vllm`, `ollama`, …): pool.
 * 3. A host that belongs to a provider: that provider.
 * 4. A host of an own network (private, loopback, cluster-local): pool; but a provider where the gateway names one and the model is one
 *    that only that provider serves or has a price of it, as behind an egress proxy.
 * 5. Any other host: provider; its name is the one the gateway gives, else the one that the model's name shows, else the backend's name.
 * 6. No host: the provider that the gateway names, if any; otherwise not known.
 * How a pool is called, upstream-names.ts says; there the operator's own names come in too.
 */
import type { AttemptContent } from '../attempt.ts'
import { hostOf, isAddress, isOwnNetwork } from './addresses.ts'
import { bedrockHost, hostRegions, modelFamilies, providerHosts, providerNames, selfHosted } from './providers.ts'
import { remembered } from './remembered.ts'
import { type NameUpstream, nameUpstream, poolNameOf, UNNAMED } from './upstream-names.ts'

/** What a line tells of its upstream; '' where it does not. */
export interface UpstreamHints {
  /** The operator's own words (rule 1). */
  kind?: string
  pool?: string
  provider?: string
  /** Provider or protocol as the gateway names it, which may only mean "speaks OpenAI's protocol". */
  protocol?: string
  /** Host, host:port or URL. */
  address: string
  /** Model as sent to the upstream or as it answered. */
  model: string
  /** Name of the backend, cluster or model group: the pool's name, if it is a pool. */
  backend: string
  /** The gateway's own price list has the model under that provider. */
  isPriced?: boolean
}

/** The place columns that follow. */
export type Upstream = Pick<AttemptContent, 'upstream_kind' | 'pool' | 'provider' | 'region'>

/** Never sent upstream, or not known. */
export const NO_UPSTREAM: Upstream = { upstream_kind: '', pool: '', provider: '', region: '' }

/** The upstream by the rules above. */
export function upstreamOf(hints: UpstreamHints): Upstream {
  const { host, region, ofHost, isOwn } = hostFacts(hints.address)
  const named = nameOf(hints.provider ?? '')
  const asPool = (pool: string): Upstream => ({ upstream_kind: 'pool', pool: poolNameOf(pool, host), provider: '', region })
  const asProvider = (provider: string): Upstream => ({ upstream_kind: 'provider', pool: '', provider, region })
  const backend = () => poolNameOf(hints.backend, host)
  if (hints.kind === 'pool' || (hints.kind !== 'provider' && hints.pool)) return asPool(hints.pool || hints.backend)
  const protocol = nameOf(hints.protocol ?? '')
  const family = familyOf(hints.model)
  if (hints.kind === 'provider') return asProvider(named || ofHost || protocol || family || backend())
  if (selfHosted.has(named) || selfHosted.has(protocol)) return asPool(hints.backend)
  if (named !== '') return asProvider(named)
  if (ofHost !== '') return asProvider(ofHost)
  if (host === '') return protocol === '' ? NO_UPSTREAM : asProvider(protocol)
  if (!isOwn) return asProvider(protocol || family || backend())
  const isProxied = protocol !== '' && (hints.isPriced === true || family === protocol)
  return isProxied ? asProvider(protocol) : asPool(hints.backend)
}

/** A host with a port of two digits at least: names of models may end in `:0`. */
const WITH_PORT = /^[\w.-]+:\d{2,5}$/

/** Whether a text is an address or a host, as lists of tries give upstreams, and no name that somebody gave. */
function isHost(text: string): boolean {
  const isProvider = !text.includes('/') && providerOf(hostOf(text)) !== ''
  return isProvider || isAddress(text) || WITH_PORT.test(text) || text.includes('://')
}

/**
 * The name of an upstream that was left, which gateways give by its address, its host or its name: its provider or pool; '' for an
 * address that shows neither.
 */
export function nameOfLeft(left: string): string {
  if (!isHost(left)) return left
  const { pool, provider } = upstreamOf({ address: left, model: '', backend: '' })
  const name = provider || pool
  return name === UNNAMED ? '' : name
}

/**
 * Names the upstreams of an attempt, the one that was called and the one that was left, by the operator's file (`find`) and by what hosts
 * show. A retry that left one upstream for another, both known for sure, is a fallback.
 */
export function nameUpstreams(attempt: AttemptContent, find: NameUpstream | undefined): void {
  const isNamed = find !== undefined && nameUpstream(attempt, find)
  const left = attempt.fallback_from
  if (left === '') return
  const found = find?.(left)
  const name = found?.name ?? nameOfLeft(left)
  attempt.fallback_from = name
  if (attempt.is_fallback || !isHost(left)) return
  const isSure = found === undefined ? providerOf(hostOf(left)) !== '' : isNamed || attempt.upstream_kind === 'provider'
  const isOther = isSure && name !== (attempt.pool || attempt.provider)
  attempt.is_fallback = isOther
  if (isOther) attempt.is_retry = false
  else attempt.fallback_from = ''
}

/**
 * Where an earlier try of a request went of whose last try the upstream is known, by their hosts: gateways with one service for all tries
 * name the last alone, and its failures would be booked on whoever rescued it. Undefined: the hosts show no difference.
 */
export function upstreamOfEarlierTry(address: string, last: { address: string; backend: string } & Upstream): Upstream | undefined {
  const [own, other] = [hostFacts(address), hostFacts(last.address)]
  if (own.ofHost !== '') return own.ofHost === last.provider ? undefined : upstreamOf({ address, model: '', backend: '' })
  const isBehind = own.isOwn && other.ofHost !== '' && other.ofHost === last.provider
  return isBehind ? upstreamOf({ address, model: '', backend: last.backend }) : undefined
}

/** A provider's name as Weir writes it. */
export function nameOf(provider: string): string {
  return providerNames.get(provider) ?? provider
}

const hostFacts = remembered(address => {
  const host = hostOf(address)
  return { host, region: regionOf(host), ofHost: host === '' ? '' : providerOf(host), isOwn: host !== '' && isOwnNetwork(host) }
})

function providerOf(host: string): string {
  if (bedrockHost.test(host)) return 'aws.bedrock'
  for (const [suffix, provider] of providerHosts) {
    if (host === suffix || host.endsWith(`.${suffix}`) || host.endsWith(`-${suffix}`)) return provider
  }
  return ''
}

const familyOf = remembered(model => modelFamilies.find(([form]) => form.test(model))?.[1] ?? '')

function regionOf(host: string): string {
  for (const form of hostRegions) {
    const match = form.exec(host)
    if (match?.[1] !== undefined) return match[1]
  }
  return ''
}
