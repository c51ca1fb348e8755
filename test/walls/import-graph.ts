import { globSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The root of the repository. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/**
 * What one file imports: files by their path from the root, packages by their name. Types count, and files that
 * it reads by `import.meta.url`.
 */
export interface Imports {
  files: readonly string[]
  packages: readonly string[]
}
/** All files by their path from the root. */
export type ImportGraph = ReadonlyMap<string, Imports>

const CODE_FOLDERS = ['services', 'schemas', 'docs', 'dashboards', 'bin', 'test']
// Biome's formatter writes statements in one form, so a regular expression finds them all: at the start of a
// line, the name in single quotes.
const STATEMENT = /^(?:import|export)\b[^'"`;]*?\bfrom '([^']+)'|^import '([^']+)'/gm
const EXPRESSION = /\bimport\('([^']+)'\)|new URL\('(\.[^']*)', import\.meta\.url\)/g

/** The names that a source text imports, as they stand there. */
export function importedNames(source: string): string[] {
  return [STATEMENT, EXPRESSION].flatMap(pattern => [...source.matchAll(pattern)].map(([, first, second]) => first ?? second ?? ''))
}

/** What `path` with this `source` imports. */
export function importsOf(path: string, source: string): Imports {
  const names = [...new Set(importedNames(source))]
  const isOwn = (name: string) => name.startsWith('.')
  return {
    files: names
      .filter(isOwn)
      .map(name => posix.join(posix.dirname(path), name))
      .filter(file => CODE_FOLDERS.some(folder => file.startsWith(`${folder}/`))),
    packages: names.filter(name => !isOwn(name)),
  }
}

/** The graph of all code in the repository. */
export function readImportGraph(): ImportGraph {
  const paths = globSync(`{${CODE_FOLDERS}}/**/*.{ts,mjs}`, { cwd: ROOT, exclude: ['test/fixtures/**'] })
  return new Map(paths.sort().map(path => [path, importsOf(path, readFileSync(posix.join(ROOT, path), 'utf8'))]))
}
