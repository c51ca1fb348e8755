import { readFileSync } from 'node:fs'

/** The text of queries/<name>.sql without its comments, which may name placeholders. */
export function readQuery(name: string): string {
  return readFileSync(new URL(`queries/${name}.sql`, import.meta.url), 'utf8').replaceAll(/^\s*--.*\n/gm, '')
}
