import { stripTypeScriptTypes } from 'node:module'

/** Imported names that stand in no folder: `from 'preact'`, `from"preact"`, `import 'preact'`. */
const BARE_IMPORT = /\b(from|import)(\s*)(["'])([\w@][\w@/.-]*)\3/g
const SOURCE_MAP = /^\/\/# source(?:MappingURL|URL)=.*$/gm

/** The JavaScript of a TypeScript module whose types can be erased. Line numbers stay. Throws a SyntaxError where they cannot. */
export function withoutTypes(source: string): string {
  return stripTypeScriptTypes(source, { mode: 'strip' }).replace(/[ \t]+$/gm, '')
}

/** A module whose imports of packages are paths: `pathOf` gives the path for a name, undefined for text that only looks like an import. */
export function withPaths(module: string, pathOf: (name: string) => string | undefined): string {
  return module.replace(SOURCE_MAP, '').replace(BARE_IMPORT, (whole, keyword: string, space: string, quote: string, name: string) => {
    const path = pathOf(name)
    return path === undefined ? whole : `${keyword}${space}${quote}${path}${quote}`
  })
}

/** The relative imports of a module, as they stand there. */
export function relativeImports(module: string): string[] {
  return [...module.matchAll(/\b(?:from|import)\s*["'](\.{1,2}\/[^"']+)["']/g)].map(([, name]) => name as string)
}
