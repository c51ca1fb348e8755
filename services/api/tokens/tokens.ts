import type { FastifyInstance, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { Value } from 'typebox/value'
import type { Now } from '../../platform/clock.ts'
import { AppError } from '../../platform/errors.ts'
import { addTokens, idOfToken, readTokensFile, removeTokens, TokenEntry, tokenId } from '../../platform/tokens-file.ts'
import { about, problems } from '../http/openapi.ts'
import type { ReaderOf } from '../http/readers.ts'

/** What tokens are changed with. `tokensFile`: where they are; without it there are none to change. */
export interface TokensDeps {
  readerOf: ReaderOf
  now: Now
  tokensFile: string | undefined
}

const { token_sha256: _, created_at, ...told } = TokenEntry.properties
const Made = Type.Object(told, { additionalProperties: false })
const Listed = Type.Object({ id: Type.String({ description: 'name of the token: the start of its hash' }), ...told, created_at })
const List = Type.Object({ tokens: Type.Array(Listed, { description: 'in the order of the file; no hash is told' }) })
const Added = Type.Object({
  id: Type.String({ description: 'name of the token, to revoke it by' }),
  token: Type.String({ description: 'the token: told this one time' }),
})
const Removed = Type.Object({ id: Type.String({ description: 'the token that is no longer taken' }) })

/** Adds the endpoints: who may send and read, for operators. A change counts for every service within a second. */
export function registerTokens(app: FastifyInstance, deps: TokensDeps): void {
  const texts = (summary: string, description: string) => about({ summary, description })
  app.get(
    '/v1/tokens',
    {
      schema: {
        ...texts('Tokens of senders and readers', 'For operators. Tokens themselves are never kept, so none is told.'),
        response: { 200: List, ...problems },
      },
    },
    async request => ({
      tokens: (await readTokensFile(fileOf(request, deps))).map(({ token_sha256, ...entry }) => ({
        id: tokenId({ token_sha256 }),
        ...entry,
      })),
    }),
  )
  app.post(
    '/v1/tokens',
    {
      schema: {
        ...texts('Makes a token', 'For operators. The answer holds the token, this one time.'),
        body: Made,
        response: { 201: Added, ...problems },
      },
    },
    async (request, reply) => {
      const file = fileOf(request, deps)
      const { body } = request
      if (!Value.Check(Made, body)) {
        const faults = Value.Errors(Made, body).map(({ instancePath, message }) => `${instancePath || 'the body'} ${message}`)
        throw new AppError('API_REQUEST_INVALID', faults.join('; '))
      }
      if (body.role === 'tenant' && body.tenants === undefined)
        throw new AppError('API_REQUEST_INVALID', 'a token of role tenant needs tenants')
      const [token = ''] = await addTokens(file, [body], deps)
      return reply
        .code(201)
        .header('cache-control', 'no-store')
        .send({ id: idOfToken(token), token })
    },
  )
  app.delete(
    '/v1/tokens/:id',
    {
      schema: {
        ...texts('Revokes a token', 'For operators. Whoever holds it is refused within a second.'),
        params: Type.Object({ id: Type.String({ description: 'id of the token' }) }),
        response: { 200: Removed, ...problems },
      },
    },
    async request => {
      const file = fileOf(request, deps)
      const { id } = request.params as { id: string }
      const removed = await removeTokens(file, [id])
      if (removed.length === 0) throw new AppError('API_REQUEST_INVALID', 'there is no token of this id: /v1/tokens lists them')
      return { id }
    },
  )
}

function fileOf(request: FastifyRequest, { readerOf, tokensFile }: TokensDeps): string {
  if (readerOf(request.headers.authorization).role !== 'operator') throw new AppError('API_FORBIDDEN', 'tokens are for operators')
  if (tokensFile !== undefined) return tokensFile
  throw new AppError('API_REQUEST_INVALID', 'there is no tokens file here: set WEIR_TOKENS_FILE and start again')
}
