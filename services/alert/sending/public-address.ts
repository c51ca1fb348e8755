import ipaddr from 'ipaddr.js'

/** The part of IPv6 from which public addresses are given out (IANA "IPv6 Global Unicast Address Assignments"). */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3')

/**
 * Whether an address is one of the public internet: neither private, local, reserved nor a form that carries an IPv4 address within an
 * IPv6 one (mapped, NAT64, 6to4, Teredo), which could stand for any of these. Anything that is no address is not public.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false
  const parsed = ipaddr.parse(address)
  if (parsed.range() !== 'unicast') return false
  return parsed.kind() === 'ipv4' || (parsed as ipaddr.IPv6).match(GLOBAL_UNICAST)
}

/** Whether an address is, or lies in, one of these addresses and networks (CIDR); names among them are passed over. */
export function isListedAddress(address: string, list: readonly string[]): boolean {
  if (!ipaddr.isValid(address)) return false
  const given = ipaddr.process(address)
  return list.some(entry => {
    const [network, length] = ipaddr.isValidCIDR(entry) ? ipaddr.parseCIDR(entry) : asNetwork(entry)
    return network !== undefined && network.kind() === given.kind() && given.match(network, length)
  })
}

function asNetwork(entry: string): [network: ipaddr.IPv4 | ipaddr.IPv6 | undefined, length: number] {
  if (!ipaddr.isValid(entry)) return [undefined, 0]
  const address = ipaddr.process(entry)
  return [address, address.kind() === 'ipv4' ? 32 : 128]
}
