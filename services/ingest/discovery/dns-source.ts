import { Resolver } from 'node:dns/promises'
import { SECOND } from '../../platform/clock.ts'
import { type Target, targetAt } from '../targets.ts'
import type { DnsSource } from './targets-config.ts'

/** How long one question may take; it is asked twice. */
const TIMEOUT_MS = 3 * SECOND
/** A name that is not there, or has no address now: all its servers are gone. Any other fault says nothing about them. */
const NOBODY: ReadonlySet<string> = new Set(['ENOTFOUND', 'ENODATA'])

/** The targets that the names of a source stand for now. Rejects when the DNS does not answer. */
export async function readDnsTargets(source: DnsSource): Promise<readonly Target[]> {
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: 2 })
  if (source.server !== undefined) resolver.setServers([source.server])
  const found = await Promise.all(source.names.map(async name => await endpointsOf(name, source, resolver)))
  return [...new Set(found.flat())].sort().map(endpoint => targetAt(endpoint, source.labels).target)
}

async function endpointsOf(name: string, { type, port }: DnsSource, resolver: Resolver): Promise<readonly string[]> {
  try {
    if (type === 'A') return (await resolver.resolve4(name)).map(address => `${address}:${port}`)
    if (type === 'AAAA') return (await resolver.resolve6(name)).map(address => `[${address}]:${port}`)
    return (await resolver.resolveSrv(name)).map(record => `${record.name.replace(/\.$/, '')}:${port ?? record.port}`)
  } catch (error) {
    if (error instanceof Error && 'code' in error && NOBODY.has(String(error.code))) return []
    throw error
  }
}
