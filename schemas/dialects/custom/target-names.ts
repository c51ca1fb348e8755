import { readFile } from 'node:fs/promises'
import { hostOf } from '../addresses.ts'
import { isObject } from '../dialect.ts'
import type { UpstreamName } from '../upstream-names.ts'

/**
 * Pools by the addresses of their metrics targets (docs/scraping.md), as far as the file names them: addresses, and names of DNS. A
 * server answers requests on the port that is scraped or on another, so a host stands for its pool where it belongs to one pool alone.
 * Whatever the file says amiss names nothing here: the scraper tells of it.
 */
export function targetNames(text: string): UpstreamName[] {
  const byAddress = new Map<string, string>()
  for (const { pool, addresses } of groupsOf(text))
    for (const address of addresses) if (!byAddress.has(address)) byAddress.set(address, pool)
  const poolsOfHost = new Map<string, Set<string>>()
  for (const [address, pool] of byAddress) {
    const host = hostOf(address)
    poolsOfHost.set(host, (poolsOfHost.get(host) ?? new Set()).add(pool))
  }
  const exact = [...byAddress].map(([address, name]): UpstreamName => ({ kind: 'pool', name, match: [address] }))
  const whole = [...poolsOfHost].flatMap(([host, pools]): UpstreamName[] => {
    const [name, ...others] = pools
    return name === undefined || others.length > 0 ? [] : [{ kind: 'pool', name, match: [host] }]
  })
  return [...exact, ...whole]
}

/** The names in the metrics targets' file; none where it cannot be read. */
export async function readTargetNames(file: string): Promise<UpstreamName[]> {
  return targetNames(await readFile(file, 'utf8').catch(() => ''))
}

interface Group {
  pool: string
  addresses: readonly string[]
}

function groupsOf(text: string): Group[] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return []
  }
  const members = isObject(value) ? [...listOf(value['static_configs']), ...listOf(value['dns_sd_configs'])] : listOf(value)
  return members.filter(isObject).flatMap((group): Group[] => {
    const pool = isObject(group['labels']) ? group['labels']['pool'] : undefined
    if (typeof pool !== 'string' || pool === '') return []
    const names = [...listOf(group['targets']), ...listOf(group['names'])]
    // A pattern would match more than the address that was meant.
    return [{ pool, addresses: names.filter((name): name is string => typeof name === 'string' && name !== '' && !/[*/]/.test(name)) }]
  })
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}
