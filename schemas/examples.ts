/**
 * The corpus: lines of every dialect with what they must come to and the mistake that each guards against. `examples/<dialect>/<case>.json`
 * holds `{guards_against, reference, line, expected}`: `line` is the line as it arrives (an object, or text where it is none), `expected`
 * is the attempts with the facts that matter, or the reason for which the line is skipped, or the code with which it is refused.
 */
import { readdirSync, readFileSync } from 'node:fs'
import type { AttemptContent } from './attempt.ts'
import type { SkipReason } from './dialects/skip-reasons.ts'

/** What a line of the corpus must come to. */
export type Expected = { attempts: readonly Partial<AttemptContent>[] } | { skipped: SkipReason } | { refused: string }

/** One line of the corpus. */
export interface Example {
  dialect: string
  /** Name of its file, without ending. */
  name: string
  /** The complaint or the misreading that it guards against, in one sentence. */
  guards_against: string
  /** Public issues as `owner/repository#number` and traps of traps.ts as `trap N`, separated by '; '. */
  reference: string
  line: unknown
  expected: Expected
}

/** All examples, by dialect and name. Throws when a file is no example. */
export function readExamples(folder: URL = new URL('./examples/', import.meta.url)): Example[] {
  const dialects = readdirSync(folder, { withFileTypes: true }).filter(entry => entry.isDirectory())
  return dialects
    .map(entry => entry.name)
    .sort()
    .flatMap(dialect =>
      readdirSync(new URL(`${dialect}/`, folder))
        .filter(file => file.endsWith('.json'))
        .sort()
        .map(file => {
          const example = JSON.parse(readFileSync(new URL(`${dialect}/${file}`, folder), 'utf8')) as Omit<Example, 'dialect' | 'name'>
          return { ...example, dialect, name: file.slice(0, -'.json'.length) }
        }),
    )
}

/** The line as the bytes of a message would hold it. */
export function textOfExample(example: Pick<Example, 'line'>): string {
  return typeof example.line === 'string' ? example.line : JSON.stringify(example.line)
}
