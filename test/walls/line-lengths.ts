import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './import-graph.ts'
import { filesToSplit, linesToWrap } from './lines-to-wrap.ts'

/** What fits beside another file on a screen. Biome wraps code at the same width, but not comments, strings and SQL. */
export const MAX_CHARACTERS = 140
/** What a reader takes in at once. */
export const MAX_LINES = 300

const DATA = ['test/fixtures/**', 'schemas/examples/**', 'schemas/prices/**', 'services/demo/simulation/traces/**', 'package-lock.json']
const KINDS = '{ts,mjs,sql,css,yaml,yml,sh,json}'

/** Every file that people write, data and Markdown excluded: its text by its path from the root. */
export function readWrittenFiles(): ReadonlyMap<string, string> {
  const paths = [`{services,schemas,docs,dashboards,deploy,bin,test}/**/*.${KINDS}`, `*.${KINDS}`, '.ci/*'].flatMap(pattern =>
    globSync(pattern, { cwd: ROOT, exclude: DATA }),
  )
  return new Map(paths.sort().map(path => [path, readFileSync(join(ROOT, path), 'utf8')]))
}

/** Each long line, but where its folder (of two levels) has no more of them than `toWrap` still grants it. */
export function linesTooLong(files: ReadonlyMap<string, string>, toWrap: Readonly<Record<string, number>> = linesToWrap): string[] {
  const long = [...files].flatMap(([path, text]) =>
    text.split('\n').flatMap((line, index) => ([...line].length > MAX_CHARACTERS ? [{ path, folder: folderOf(path), at: index + 1 }] : [])),
  )
  const countOf = (folder: string) => long.filter(line => line.folder === folder).length
  return long
    .filter(({ folder }) => countOf(folder) > (toWrap[folder] ?? 0))
    .map(
      ({ path, folder, at }) =>
        `${path}:${at} is longer than ${MAX_CHARACTERS} characters (${folder} may have ${toWrap[folder] ?? 0} such lines): wrap it`,
    )
}

function folderOf(path: string) {
  return path.split('/').slice(0, 2).join('/')
}

/** Each file that is too long to be read at once; `toSplit` names those that still are. */
export function filesTooLong(files: ReadonlyMap<string, string>, toSplit: readonly string[] = filesToSplit): string[] {
  return [...files].flatMap(([path, text]) => {
    const lines = text.split('\n').length - 1
    return lines > MAX_LINES && !toSplit.includes(path)
      ? [`${path} has ${lines} lines; at most ${MAX_LINES}: take a part out that has a name of its own`]
      : []
  })
}
