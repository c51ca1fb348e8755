import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../../platform/errors.ts'
import { type Asset, type Assets, readAssets } from './assets.ts'
import { pageHeaders, shellHtml } from './shell.ts'

/** Paths of the console: its page under any name below, and what never changes below its version. */
export const CONSOLE_ROUTES = ['/console', '/console/*'] as const
const ASSET = /^v\/([0-9a-f]{12})\/([\w./-]+)$/

/** Adds the console. Its files are read once, when somebody first asks: they hold no figures and need no token. */
export function registerConsole(app: FastifyInstance): void {
  let reading: Promise<{ assets: Assets; page: string }> | undefined
  const read = () => {
    reading ??= readAssets().then(assets => ({ assets, page: shellHtml(assets) }))
    return reading
  }
  const hidden = { schema: { hide: true } }
  app.get(CONSOLE_ROUTES[0], hidden, async (request, reply) => sendPage(request, reply, await read()))
  app.get(CONSOLE_ROUTES[1], hidden, async (request, reply) => {
    const path = (request.params as { '*': string })['*']
    const { assets, page } = await read()
    if (!path.startsWith('v/')) return sendPage(request, reply, { assets, page })
    const [, version, name = ''] = ASSET.exec(path) ?? []
    const asset = version === assets.version ? assets.files.get(name) : undefined
    if (asset === undefined) throw new AppError('HTTP_ROUTE_UNKNOWN', 'the console has no such file: load the page again')
    return sendAsset(request, reply, asset)
  })
}

/** Whether a request is a person's browser that opens a page, not a program that reads an answer. */
export function wantsPage(request: FastifyRequest): boolean {
  return /\btext\/html\b/.test(request.headers.accept ?? '')
}

function sendPage(request: FastifyRequest, reply: FastifyReply, { assets, page }: { assets: Assets; page: string }) {
  const etag = `"${assets.version}"`
  reply.headers({ ...pageHeaders, etag, 'cache-control': 'no-cache' })
  if (request.headers['if-none-match'] === etag) return reply.code(304).send()
  return reply.type('text/html; charset=utf-8').send(page)
}

function sendAsset(request: FastifyRequest, reply: FastifyReply, asset: Asset) {
  const accepted = request.headers['accept-encoding'] ?? ''
  const encoding = /\bbr\b/.test(accepted) ? 'br' : /\bgzip\b/.test(accepted) ? 'gzip' : undefined
  reply.headers({
    'cache-control': 'public, max-age=31536000, immutable',
    'x-content-type-options': 'nosniff',
    vary: 'accept-encoding',
    ...(encoding && { 'content-encoding': encoding }),
  })
  return reply.type(asset.type).send(asset[encoding ?? 'plain'])
}
