import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Path of a program on PATH; undefined, with a printed notice, when there is none: the tests that need it are skipped. */
export function programOnPath(name: string, origin: string): string | undefined {
  const found = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map(folder => join(folder, name))
    .find(path => {
      try {
        accessSync(path, constants.X_OK)
        return true
      } catch {
        return false
      }
    })
  if (found === undefined) process.stdout.write(`# skipped: there is no ${name} on PATH (${origin}), a real sender\n`)
  return found
}
