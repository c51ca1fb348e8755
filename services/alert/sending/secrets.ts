import { readFileSync } from 'node:fs'
import { type Environment, environmentValue } from '../../platform/env.ts'

/**
 * What a reference of the alerting file stands for: `env:NAME`, `file:/path` (without the line's end; read anew each time, so that a
 * secret can be changed while the process runs), any other text itself. Throws Error whose message names the reference, not the secret.
 */
export type ReadSecret = (reference: string) => string

/** Builds it over the environment of the process, or one given. */
export function buildReadSecret(environment?: Environment): ReadSecret {
  return reference => {
    const [, kind, place = ''] = /^(env|file):(.+)$/s.exec(reference) ?? []
    if (kind === undefined) return reference
    const secret = kind === 'env' ? environmentValue(place, environment) : fileText(place)
    if (secret === undefined || secret === '') throw new Error(`${reference} is ${kind === 'env' ? 'not set' : 'missing or empty'}`)
    return secret
  }
}

function fileText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return undefined
  }
}
