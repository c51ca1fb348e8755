import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { lockedPackages } from '../../docs/pages/packages-page.ts'

interface LockedPackage {
  version?: string
  resolved?: string
  optionalDependencies?: Record<string, string>
}

const text = readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8')
const { packages } = JSON.parse(text) as { packages: Record<string, LockedPackage> }

test('every optional package of a locked package is locked too, or npm ci refuses the file on every machine', () => {
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(name => !packages[`node_modules/${name}`] && !packages[`${path}/node_modules/${name}`]),
  )
  assert.deepEqual(missing, [])
})

test('no entry says from which host it was fetched', () => {
  assert.doesNotMatch(text, /"resolved":/)
})

test('every package is under a licence that lets Weir be used and passed on by anyone', () => {
  const permissive = new Set([
    'MIT',
    'MIT-0',
    'Unlicense',
    'Apache-2.0',
    'ISC',
    'BSD-3-Clause',
    'BSD-2-Clause',
    '0BSD',
    'MIT OR Apache-2.0',
    '(Apache-2.0 AND BSD-3-Clause)',
  ])
  const packages = lockedPackages()
  assert.ok(packages.length > 50, 'the lock file was read')
  // npm leaves the licence out where a package of another platform was never unpacked; its parent's is told.
  // Whole files under it stay under it; tests alone run them, and nothing that is passed on holds them.
  const isOfTests = ({ licence, isDev }: { licence: string | undefined; isDev: boolean }) => isDev && licence === 'MPL-2.0'
  const isFree = (one: (typeof packages)[number]) => (one.licence === undefined ? one.isOptional : permissive.has(one.licence))
  const others = packages.filter(one => !isFree(one) && !isOfTests(one))
  assert.deepEqual(others, [])
})
