import { readFileSync } from 'node:fs'

/**
 * The text of `queries/<name>.sql` beside the module at `moduleUrl` (its `import.meta.url`), without comments: they may name places that
 * code fills in, and the server need not read them. A query stands in such a file unless it is a line.
 */
export function readQuery(moduleUrl: string, name: string): string {
  return readFileSync(new URL(`queries/${name}.sql`, moduleUrl), 'utf8')
    .replaceAll(/^\s*--.*\n?/gm, '')
    .trimEnd()
}

/** The same for a file of several statements, each ended by a semicolon at the end of its line. */
export function readStatements(moduleUrl: string, name: string): readonly string[] {
  return statementsOf(readQuery(moduleUrl, name))
}

/** The statements of a text, in order, without the semicolons at the ends of lines that divide them. */
export function statementsOf(text: string): readonly string[] {
  return text
    .split(/;\s*(?:\n|$)/)
    .map(statement => statement.trim())
    .filter(statement => statement.replaceAll(/^\s*--.*$/gm, '').trim() !== '')
}
