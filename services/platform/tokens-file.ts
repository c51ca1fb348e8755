/** The file of bearer tokens: what it holds, and how tokens are added to it and taken out. Plain tokens are never kept. */
import { createHash, randomBytes } from 'node:crypto'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import Type, { type Static } from 'typebox'
import { Value } from 'typebox/value'
import type { Now } from './clock.ts'
import { AppError, messageOf } from './errors.ts'

const TIME = '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{3})?Z$'

/** One entry of the tokens file. Only the hash of a token is kept. */
export const TokenEntry = Type.Object(
  {
    token_sha256: Type.String({ pattern: '^[0-9a-f]{64}$', description: 'SHA-256 of the token, hexadecimal' }),
    name: Type.String({ minLength: 1, maxLength: 200, description: 'whose token it is' }),
    role: Type.Union([Type.Literal('sender'), Type.Literal('tenant'), Type.Literal('finance'), Type.Literal('operator')], {
      description:
        'sender: may send lines; tenant: may read its tenants; finance: may read usage, charges and statements of all; ' +
        'operator: may read everything',
    }),
    created_at: Type.Optional(Type.String({ pattern: TIME, description: 'when it was made, ISO 8601 in UTC' })),
    expires_at: Type.Optional(Type.String({ pattern: TIME, description: 'from when on it is refused, ISO 8601 in UTC; absent: never' })),
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

/** A token to be made: its entry but for what is made with it. */
export type NewToken = Omit<TokenEntry, 'token_sha256' | 'created_at'>

/** Characters of a token's hash that name it where it is listed and revoked. */
const ID_LENGTH = 12

/** The name of an entry: the start of its hash, which tells nothing of the token. */
export function tokenId(entry: Pick<TokenEntry, 'token_sha256'>): string {
  return entry.token_sha256.slice(0, ID_LENGTH)
}

/** The id of a token that has just been made. */
export function idOfToken(token: string): string {
  return tokenId({ token_sha256: sha256(token).toString('hex') })
}

/** SHA-256 of a token, 32 bytes. */
export function sha256(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

/** Reads the text of a tokens file. Throws SETTINGS_INVALID with every faulty entry; no hash is shown. */
export function parseTokenEntries(text: string, path: string): readonly TokenEntry[] {
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
  return entries as TokenEntry[]
}

function faultsOf(entry: unknown): string[] {
  if (!Value.Check(TokenEntry, entry))
    return Value.Errors(TokenEntry, entry).map(error => `${error.instancePath || 'the entry'} ${error.message}`)
  // A tenant without tenants would be able to read nothing, or, in a careless reader, everything.
  if (entry.role === 'tenant' && entry.tenants === undefined) return ['a token of role tenant needs tenants']
  const time = [entry.created_at, entry.expires_at].find(text => text !== undefined && Number.isNaN(Date.parse(text)))
  return time === undefined ? [] : [`${time} is no time`]
}

/** The entries of a tokens file; none where there is none yet. Rejects as parseTokenEntries throws, and with errors of the file system. */
export async function readTokensFile(path: string): Promise<readonly TokenEntry[]> {
  const text = await readFile(path, 'utf8').catch(error => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  })
  return text === undefined ? [] : parseTokenEntries(text, path)
}

/**
 * Adds fresh random tokens to the file (mode 0600), which is made where it is missing and keeps only their hashes. Gives the plain tokens
 * in the same order, this one time.
 * Rejects as readTokensFile does; SETTINGS_INVALID where an entry cannot be.
 */
export async function addTokens(path: string, made: readonly NewToken[], deps: { now: Now }): Promise<readonly string[]> {
  const tokens = made.map(() => `weir_${randomBytes(24).toString('base64url')}`)
  const created_at = new Date(deps.now()).toISOString()
  const entries = made.map((entry, index) => ({ token_sha256: sha256(tokens[index] as string).toString('hex'), ...entry, created_at }))
  await change(path, known => [...known, ...entries])
  return tokens
}

/** Takes the tokens of these ids out of the file. Gives those that were there. Rejects as readTokensFile does. */
export async function removeTokens(path: string, ids: readonly string[]): Promise<readonly TokenEntry[]> {
  const isNamed = (entry: TokenEntry) => ids.includes(tokenId(entry))
  let removed: readonly TokenEntry[] = []
  await change(path, known => {
    removed = known.filter(isNamed)
    return known.filter(entry => !isNamed(entry))
  })
  return removed
}

/** One change at a time, by whatever process: a second one is refused rather than lost. */
async function change(path: string, to: (known: readonly TokenEntry[]) => readonly TokenEntry[]): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const draft = `${path}.changing`
  const file = await open(draft, 'wx', 0o600).catch(error => {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    throw new AppError('TOKENS_FILE_BUSY', `${path} is being changed by another process: try again, or remove ${draft} if none is`, {
      cause: error,
    })
  })
  try {
    const text = `${JSON.stringify(to(await readTokensFile(path)), null, 2)}\n`
    parseTokenEntries(text, path)
    await file.writeFile(text)
    await file.sync()
    await file.close()
    await rename(draft, path)
  } catch (error) {
    await file.close().catch(() => undefined)
    await rm(draft, { force: true })
    throw error
  }
}
