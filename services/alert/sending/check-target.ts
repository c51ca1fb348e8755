/**
 * Whether a message may be sent to an address. Somebody who may name the address of a receiver must not reach through Weir what they cannot
 * reach themselves: metadata of clouds, the machine's own ports, the network within (SSRF). Every address that a name stands for is looked
 * at, and the connection goes to one of exactly these: a name that changes its mind in between (DNS rebinding) changes nothing.
 */
import ipaddr from 'ipaddr.js'
import { isListedAddress, isPublicAddress } from './public-address.ts'

/** What a receiver may reach. */
export interface TargetRules {
  /** Belongs to a tenant: https, a public address and a usual port, without exception. */
  readonly isOfTenant: boolean
  readonly allowsPlainHttp: boolean
  /** Host names, `*.domain`, addresses and CIDRs that need not be public; not for tenants. */
  readonly privateTargets: readonly string[]
}

/** Addresses of a host name, all of them; rejects where there is none. Literal addresses never reach it. */
export type ResolveHost = (hostname: string, signal: AbortSignal) => Promise<readonly string[]>

/** A target that may be reached, at these addresses alone; or why not. `mayChange`: a later try may go better. */
export type CheckedTarget =
  | { readonly isAllowed: true; readonly url: URL; readonly addresses: readonly string[] }
  | { readonly isAllowed: false; readonly why: string; readonly mayChange: boolean }

/** Ports that a tenant's receiver may have. */
export const TENANT_PORTS: readonly number[] = [443, 8443]

/** Domains that name things within a network: RFC 6761, 6762, 8375, ICANN's private-use `internal`, what home and office routers use. */
const PRIVATE_DOMAINS = ['localhost', 'local', 'internal', 'home.arpa', 'localdomain', 'lan', 'intranet', 'corp', 'home', 'private', 'arpa']

/** Checks an address and resolves its host. Never rejects; what is said holds no part of the address but the host. */
export async function checkTarget(
  address: string,
  rules: TargetRules,
  deps: { resolve: ResolveHost },
  signal: AbortSignal,
): Promise<CheckedTarget> {
  const url = URL.parse(address)
  if (url === null) return refused('the address is none')
  const fault = faultOfUrl(url, rules)
  if (fault !== undefined) return refused(fault)
  // The URL parser has turned octal, hexadecimal, short and decimal forms of IPv4 into the usual one.
  const host = url.hostname
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')
    .toLowerCase()
  const isLiteral = ipaddr.isValid(host)
  let addresses: readonly string[]
  try {
    addresses = isLiteral ? [host] : await deps.resolve(host, signal)
  } catch {
    return { isAllowed: false, why: `the name ${host} has no address`, mayChange: true }
  }
  if (addresses.length === 0) return { isAllowed: false, why: `the name ${host} has no address`, mayChange: true }
  if (!rules.isOfTenant && isListedName(host, rules.privateTargets)) return { isAllowed: true, url, addresses }
  const listed = rules.isOfTenant ? [] : rules.privateTargets
  const isPrivateName = !isLiteral && !isPublicName(host)
  const isFine = (one: string) => isListedAddress(one, listed) || (isPublicAddress(one) && !isPrivateName)
  if (addresses.every(isFine)) return { isAllowed: true, url, addresses }
  return refused(`${host} is not a public address${rules.isOfTenant ? '' : '; private_targets can allow it'}`)
}

function faultOfUrl(url: URL, rules: TargetRules): string | undefined {
  const mayBePlain = rules.allowsPlainHttp && !rules.isOfTenant
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && mayBePlain)) return 'the address is not https'
  if (url.username !== '' || url.password !== '') return 'the address holds a user name or password'
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port)
  if (rules.isOfTenant && !TENANT_PORTS.includes(port)) return `port ${port} is not one of ${TENANT_PORTS.join(', ')}`
  return undefined
}

function isPublicName(host: string): boolean {
  return host.includes('.') && !PRIVATE_DOMAINS.some(domain => host === domain || host.endsWith(`.${domain}`))
}

function isListedName(host: string, list: readonly string[]): boolean {
  return list.some(entry => {
    const name = entry.toLowerCase()
    return name.startsWith('*.') ? host.endsWith(name.slice(1)) : host === name && !ipaddr.isValid(name)
  })
}

function refused(why: string): CheckedTarget {
  return { isAllowed: false, why, mayChange: false }
}
