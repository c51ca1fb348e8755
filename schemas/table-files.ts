/**
 * Which files of schemas/clickhouse make a table: NNN_<table>.sql creates it, a later NNN_<table>.add-<what>.sql gives it more columns. A
 * file NNN.set-<what>.sql is of no one table: it changes settings of several.
 */
import { readdirSync, readFileSync } from 'node:fs'

const folder = new URL('clickhouse/', import.meta.url)

/** The table that a numbered file makes or adds to; undefined: the name is no such file's. */
export function tableOfFile(name: string): { readonly table: string; readonly isAddition: boolean } | undefined {
  const found = /^\d{3}_(\w+?)(\.add-[\w-]+)?\.sql$/.exec(name)
  return found?.[1] === undefined ? undefined : { table: found[1], isAddition: found[2] !== undefined }
}

/** The texts that declare a table, in order. */
export function declarationsOf(table: string): readonly string[] {
  return readdirSync(folder)
    .sort()
    .filter(name => tableOfFile(name)?.table === table)
    .map(name => readFileSync(new URL(name, folder), 'utf8'))
}
