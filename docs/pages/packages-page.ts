/**
 * What package-lock.json says of the packages that Weir runs on: read offline, so that the list is right for the very tree that is
 * installed.
 */
import { readFileSync } from 'node:fs'

/** A package as locked. `isDev`: only for building and testing. */
export interface LockedPackage {
  name: string
  version: string
  /** SPDX expression; undefined: its entry, made for another platform, does not tell. */
  licence: string | undefined
  isDev: boolean
  isOptional: boolean
}

interface LockEntry {
  version: string
  license?: string
  dev?: boolean
  optional?: boolean
}

/** All packages of the lock file, by name and version, each once. */
export function lockedPackages(): LockedPackage[] {
  const text = readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8')
  const { packages } = JSON.parse(text) as { packages: Record<string, LockEntry> }
  const all = Object.entries(packages)
    .filter(([path]) => path !== '')
    .map(([path, { version, license, dev = false, optional = false }]): LockedPackage => {
      const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
      return { name, version, licence: license, isDev: dev, isOptional: optional }
    })
  const byIdentity = new Map(all.map(one => [`${one.name} ${one.version}`, one]))
  return [...byIdentity.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one)
}

/** Rows of the page: what is installed with Weir itself. */
export function packageRows(): string[][] {
  return lockedPackages()
    .filter(({ isDev }) => !isDev)
    .map(({ name, version, licence = '' }) => [`\`${name}\``, version, licence])
}
