import ipaddr from 'ipaddr.js'
import { remembered } from './remembered.ts'

/** Address ranges of the reader's own networks (ipaddr.js names; RFC 1918, 4193, 6598, 3927, loopback). */
const OWN_RANGES: ReadonlySet<string> = new Set(['private', 'loopback', 'linkLocal', 'uniqueLocal', 'carrierGradeNat'])
/** A longer list of addresses is no way that a request took. */
const FORWARDED_LIMIT = 1024
/** Ends of names that only a cluster or a private network resolves. */
const OWN_SUFFIXES = ['.svc', '.local', '.internal', '.localhost', '.lan', '.home.arpa'] as const

/** Host of `host`, `host:port`, `[v6]:port` or a URL; lower case, '' when there is none. */
export function hostOf(address: string): string {
  const scheme = address.indexOf('://')
  let host = scheme < 0 ? address : address.slice(scheme + 3)
  const end = host.search(/[/?#]/)
  if (end >= 0) host = host.slice(0, end)
  host = host.slice(host.lastIndexOf('@') + 1)
  if (host.startsWith('[')) return host.slice(1, host.indexOf(']')).toLowerCase()
  const colon = host.indexOf(':')
  // More than one colon without brackets: an IPv6 address without port.
  return (colon >= 0 && colon === host.lastIndexOf(':') ? host.slice(0, colon) : host).toLowerCase()
}

/** Whether a text is an address, with a port or without, and no name. */
export function isAddress(text: string): boolean {
  return parsed(hostOf(text)) !== undefined
}

/**
 * Whether a host (not empty) is in a private network, on this machine or in the cluster: an address of such a range, a name without dots,
 * or a cluster-local name.
 */
export function isOwnNetwork(host: string): boolean {
  const address = parsed(host)
  if (address !== undefined) return OWN_RANGES.has(address.range())
  return !host.includes('.') || OWN_SUFFIXES.some(suffix => host.endsWith(suffix))
}

/**
 * The network a client came from: /24 of IPv4, /48 of IPv6; '' when no address is readable. `forwarded` may be a list as in
 * X-Forwarded-For, written by the client on its left end and by trusted proxies on its right: the rightmost address that is not of an own
 * network counts, or else the leftmost.
 */
export function clientNetwork(forwarded: string): string {
  return networks(forwarded)
}

const networks = remembered(forwarded => {
  if (forwarded.length > FORWARDED_LIMIT) return ''
  const addresses = forwarded.split(',').map(part => parsed(hostOf(part.trim())))
  const readable = addresses.filter(address => address !== undefined)
  const chosen = readable.findLast(address => !OWN_RANGES.has(address.range())) ?? readable[0]
  if (chosen === undefined) return ''
  const bits = chosen.kind() === 'ipv4' ? 24 : 48
  const bytes = chosen.toByteArray().map((byte, index) => (index < bits / 8 ? byte : 0))
  return `${ipaddr.fromByteArray(bytes).toString()}/${bits}`
})

function parsed(host: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  // Only the usual four-part form: ipaddr.js would also take 127.1 or 0x7f000001.
  if (!ipaddr.IPv4.isValidFourPartDecimal(host) && !ipaddr.IPv6.isValid(host)) return undefined
  return ipaddr.process(host)
}
