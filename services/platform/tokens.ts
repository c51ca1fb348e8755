import { timingSafeEqual } from 'node:crypto'
import type { Now } from './clock.ts'
import { AppError, messageOf } from './errors.ts'
import { parseTokenEntries, sha256, type TokenEntry } from './tokens-file.ts'
import { openWatchedFile, type WatchedFileLogger } from './watched-file.ts'

/** Who presents a token. */
export type TokenHolder = Omit<TokenEntry, 'token_sha256' | 'created_at' | 'expires_at'>

/** The tokens in force; disposing stops watching the file. */
export interface Tokens extends AsyncDisposable {
  /** The holder of the token, compared in constant time; undefined: unknown or expired. */
  lookup(bearer: string): TokenHolder | undefined
  /** Looks at the file now rather than within a second. */
  refresh(): Promise<void>
}

/** Opens a tokens file; it is read again when it changes. Rejects with SETTINGS_INVALID when it cannot be used at start. */
export async function openTokens(path: string, deps: { logger: WatchedFileLogger; now: Now }): Promise<Tokens> {
  const file = await openWatchedFile({ path, parse: text => parseTokens(text, path) }, deps).catch(error => {
    throw error instanceof AppError
      ? error
      : new AppError('SETTINGS_INVALID', `the tokens file ${path} cannot be read: ${messageOf(error)}`, { cause: error })
  })
  return {
    lookup(bearer) {
      const digest = sha256(bearer)
      let found: TokenHolder | undefined
      for (const { hash, holder, expiresMs } of file.current()) {
        if (timingSafeEqual(hash, digest) && deps.now() < expiresMs) found = holder
      }
      return found
    },
    refresh: file.refresh,
    [Symbol.asyncDispose]: () => file[Symbol.asyncDispose](),
  }
}

/** Reads a tokens file for what is wrong with it: rejects as openTokens does. */
export async function checkTokens(path: string): Promise<void> {
  await using _tokens = await openTokens(path, { logger: { info: () => undefined, warn: () => undefined }, now: Date.now })
}

/** The token in an Authorization header of the form `Bearer <token>`; undefined: none. */
export function bearerFrom(header: string | undefined): string | undefined {
  return header === undefined ? undefined : /^bearer +([A-Za-z0-9._~+/=-]{1,512}) *$/i.exec(header)?.[1]
}

function parseTokens(text: string, path: string): readonly { hash: Buffer; holder: TokenHolder; expiresMs: number }[] {
  return parseTokenEntries(text, path).map(({ token_sha256, created_at: _, expires_at, ...holder }) => ({
    hash: Buffer.from(token_sha256, 'hex'),
    holder,
    expiresMs: expires_at === undefined ? Number.POSITIVE_INFINITY : Date.parse(expires_at),
  }))
}
