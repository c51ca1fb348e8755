import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './import-graph.ts'

/** What fits beside another file on a screen. Biome wraps code at the same width, but not comments, strings and SQL. */
export const MAX_CHARACTERS = 140
/** What a reader takes in at once. */
export const MAX_LINES = 300

const DATA = [
  'test/fixtures/**',
  'schemas/examples/**',
  'schemas/prices/**',
  'services/demo/simulation/traces/**',
  'docs/*.schema.json',
  'dashboards/generated/**',
  'package-lock.json',
]
const KINDS = '{ts,mjs,sql,css,yaml,yml,sh,json}'

/** Every file that people write, data and Markdown excluded: its text by its path from the root. */
export function readWrittenFiles(): ReadonlyMap<string, string> {
  const paths = [`{services,schemas,docs,dashboards,deploy,bin,test}/**/*.${KINDS}`, `*.${KINDS}`, '.ci/*'].flatMap(pattern =>
    globSync(pattern, { cwd: ROOT, exclude: DATA }),
  )
  return new Map(paths.sort().map(path => [path, readFileSync(join(ROOT, path), 'utf8')]))
}

/** Each line that is too long. */
export function linesTooLong(files: ReadonlyMap<string, string>): string[] {
  return [...files].flatMap(([path, text]) =>
    text
      .split('\n')
      .flatMap((line, index) =>
        [...line].length > MAX_CHARACTERS ? [`${path}:${index + 1} is longer than ${MAX_CHARACTERS} characters: wrap it`] : [],
      ),
  )
}

/** Each file that is too long to be read at once. */
export function filesTooLong(files: ReadonlyMap<string, string>): string[] {
  return [...files].flatMap(([path, text]) => {
    const lines = text.split('\n').length - 1
    return lines > MAX_LINES ? [`${path} has ${lines} lines; at most ${MAX_LINES}: take a part out that has a name of its own`] : []
  })
}
