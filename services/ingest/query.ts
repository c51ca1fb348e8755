import { AppError } from '../platform/errors.ts'

/** Query parameters of a request as Fastify parses them. */
export type Query = Readonly<Record<string, unknown>>

/** Text that goes into a message header: printable, without surrounding blanks. */
const PLAIN_TEXT = /^(?! )[^\p{C}\p{Zl}\p{Zp}]{1,200}(?<! )$/u

/**
 * The query parameters named in `allowed`, each given at most once, as plain text of 1 to 200 characters. An empty one counts as not given.
 * Throws INGEST_PARAMETER_INVALID, also for a name that is not allowed: a misspelt `dialect` would otherwise go unnoticed.
 */
export function readQuery<const Name extends string>(
  query: unknown,
  allowed: readonly Name[],
): { readonly [K in Name]: string | undefined } {
  const given = Object.entries((query ?? {}) as Query)
  for (const [name, value] of given) {
    if (!allowed.includes(name as Name))
      throw invalid(`there is no query parameter "${name.slice(0, 100)}"; there are ${allowed.join(', ')}`)
    if (typeof value !== 'string') throw invalid(`the query parameter "${name}" is given more than once`)
    if (value !== '' && !PLAIN_TEXT.test(value))
      throw invalid(`the query parameter "${name}" must be printable text of 1 to 200 characters`)
  }
  const values = new Map(given)
  return Object.fromEntries(allowed.map(name => [name, values.get(name) || undefined])) as { [K in Name]: string | undefined }
}

/** The media type of a Content-Type header in lower case, without parameters; undefined: none given. */
export function mediaTypeOf(contentType: string | undefined): string | undefined {
  return contentType?.split(';')[0]?.trim().toLowerCase() || undefined
}

function invalid(message: string): AppError {
  return new AppError('INGEST_PARAMETER_INVALID', message)
}
