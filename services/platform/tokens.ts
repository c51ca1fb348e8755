import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import Type, { type Static } from 'typebox'
import { Value } from 'typebox/value'
import { AppError, messageOf } from './errors.ts'
import { openWatchedFile, type WatchedFileLogger } from './watched-file.ts'

/** One entry of the tokens file. Only the hash of a token is kept. */
export const TokenEntry = Type.Object(
  {
    token_sha256: Type.String({ pattern: '^[0-9a-f]{64}$', description: 'SHA-256 of the token, hexadecimal' }),
    name: Type.String({ minLength: 1, maxLength: 200, description: 'whose token it is' }),
    role: Type.Union([Type.Literal('sender'), Type.Literal('tenant'), Type.Literal('operator')], {
      description: 'sender: may send lines; tenant: may read its tenants; operator: may read everything',
    }),
    source: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'source of all lines of this sender' })),
    tenants: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
        minItems: 1,
        description: 'tenants that a sender may write for (absent: any) or that a tenant may read',
      }),
    ),
    pools: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
        minItems: 1,
        description: 'pools that a sender may send metrics of (absent: any, or none where its tenants are named: a pool is of all)',
      }),
    ),
  },
  { additionalProperties: false },
)
export type TokenEntry = Static<typeof TokenEntry>

/** Who presents a token. */
export type TokenHolder = Omit<TokenEntry, 'token_sha256'>

/** The tokens in force; disposing stops watching the file. */
export interface Tokens extends AsyncDisposable {
  /** The holder of the token, compared in constant time; undefined: unknown. */
  lookup(bearer: string): TokenHolder | undefined
  /** Looks at the file now rather than within a second. */
  refresh(): Promise<void>
}

/** Opens a tokens file; it is read again when it changes. Rejects with SETTINGS_INVALID when it cannot be used at start. */
export async function openTokens(path: string, deps: { logger: WatchedFileLogger }): Promise<Tokens> {
  const file = await openWatchedFile({ path, parse: text => parseTokens(text, path) }, deps).catch(error => {
    throw error instanceof AppError
      ? error
      : new AppError('SETTINGS_INVALID', `the tokens file ${path} cannot be read: ${messageOf(error)}`, { cause: error })
  })
  return {
    lookup(bearer) {
      const digest = sha256(bearer)
      let found: TokenHolder | undefined
      for (const { hash, holder } of file.current()) {
        if (timingSafeEqual(hash, digest)) found = holder
      }
      return found
    },
    refresh: file.refresh,
    [Symbol.asyncDispose]: () => file[Symbol.asyncDispose](),
  }
}

/** Reads a tokens file for what is wrong with it: rejects as openTokens does. */
export async function checkTokens(path: string): Promise<void> {
  await using _tokens = await openTokens(path, { logger: { info: () => undefined, warn: () => undefined } })
}

/** The token in an Authorization header of the form `Bearer <token>`; undefined: none. */
export function bearerFrom(header: string | undefined): string | undefined {
  return header === undefined ? undefined : /^bearer +([A-Za-z0-9._~+/=-]{1,512}) *$/i.exec(header)?.[1]
}

/**
 * Writes a tokens file (mode 0600) with a fresh random token for each holder, replacing one that is there.
 * Gives the plain tokens in the same order, this one time: the file keeps only hashes.
 */
export async function createTokensFile(path: string, holders: readonly TokenHolder[]): Promise<readonly string[]> {
  const tokens = holders.map(() => `weir_${randomBytes(24).toString('base64url')}`)
  const entries: TokenEntry[] = holders.map((holder, index) => ({
    token_sha256: sha256(tokens[index] as string).toString('hex'),
    ...holder,
  }))
  await mkdir(dirname(path), { recursive: true })
  const draft = `${path}.${process.pid}.tmp`
  await writeFile(draft, `${JSON.stringify(entries, null, 2)}\n`, { mode: 0o600 })
  await rename(draft, path)
  return tokens
}

function parseTokens(text: string, path: string): readonly { hash: Buffer; holder: TokenHolder }[] {
  let entries: unknown
  try {
    entries = JSON.parse(text)
  } catch (error) {
    throw new AppError('SETTINGS_INVALID', `the tokens file ${path} is not JSON: ${messageOf(error)}`, { cause: error })
  }
  if (!Array.isArray(entries)) throw new AppError('SETTINGS_INVALID', `the tokens file ${path} must hold a JSON array of tokens`)
  const faults = entries.flatMap((entry, index) => faultsOf(entry).map(fault => `- entry ${index + 1}: ${fault}`))
  if (faults.length > 0)
    throw new AppError('SETTINGS_INVALID', `the tokens file ${path} has ${faults.length} fault(s):\n${faults.join('\n')}`)
  return (entries as TokenEntry[]).map(({ token_sha256, ...holder }) => ({ hash: Buffer.from(token_sha256, 'hex'), holder }))
}

function faultsOf(entry: unknown): string[] {
  if (!Value.Check(TokenEntry, entry))
    return Value.Errors(TokenEntry, entry).map(error => `${error.instancePath || 'the entry'} ${error.message}`)
  // A tenant without tenants would be able to read nothing, or, in a careless reader, everything.
  return entry.role === 'tenant' && entry.tenants === undefined ? ['a token of role tenant needs tenants'] : []
}

function sha256(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
