import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { browserPackages } from './browser-packages.ts'
import { relativeImports, withoutTypes, withPaths } from './module-text.ts'

/** A file of the console as browsers get it, in each encoding. */
export interface Asset {
  readonly type: string
  readonly plain: Buffer
  readonly gzip: Buffer
  readonly br: Buffer
}

/** All files of the console. They never change under one version, which is a part of their paths. */
export interface Assets {
  readonly version: string
  /** By the path behind the version, such as `app/main.ts`. */
  readonly files: ReadonlyMap<string, Asset>
}

/** How senders are set up, shown to be copied. */
const SENDERS = fileURLToPath(new URL('../../../deploy/senders/', import.meta.url))
const CONSOLE = fileURLToPath(new URL('../../console/', import.meta.url))
/** A quarter of the time of the best, for a tenth more bytes: the first page waits for it. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 6 } }
const compressed = { br: promisify(brotliCompress), gzip: promisify(gzip) }
const types: Readonly<Record<string, string>> = {
  ts: 'text/javascript; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  mjs: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  yaml: 'text/plain; charset=utf-8',
}

/** Reads the console's modules, styles and packages. Rejects when a module imports what is not there, or has types that cannot go. */
export async function readAssets(): Promise<Assets> {
  const sources = new Map([...(await readOwn()), ...(await readPackages()), ...(await readSenders())])
  const hash = createHash('sha256')
  for (const [path, text] of [...sources].sort(([one], [other]) => (one < other ? -1 : 1))) hash.update(`${path}\0${text}\0`)
  const version = hash.digest('hex').slice(0, 12)
  const pathOf = (name: string) => {
    const found = Object.hasOwn(browserPackages, name) ? browserPackages[name] : undefined
    return found && `/console/v/${version}/packages/${found.entry}`
  }
  const files = [...sources].map(async ([path, text]): Promise<[string, Asset]> => {
    const isModule = /\.(?:ts|m?js)$/.test(path)
    return [path, await assetOf(path, isModule ? withPaths(text, pathOf) : text)]
  })
  return { version, files: new Map(await Promise.all(files)) }
}

async function readOwn(): Promise<[string, string][]> {
  const paths = (await readdir(CONSOLE, { recursive: true })).filter(path => /\.(?:ts|css|svg)$/.test(path)).sort()
  return await Promise.all(
    paths.map(async (path): Promise<[string, string]> => {
      const text = await readFile(join(CONSOLE, path), 'utf8')
      return [`app/${path.replaceAll('\\', '/')}`, path.endsWith('.ts') ? withoutTypes(text) : text]
    }),
  )
}

async function readSenders(): Promise<[string, string][]> {
  const names = (await readdir(SENDERS)).filter(name => name.endsWith('.yaml')).sort()
  return await Promise.all(
    names.map(async (name): Promise<[string, string]> => [`senders/${name}`, await readFile(join(SENDERS, name), 'utf8')]),
  )
}

/** The packages' entries and what they import of their own. */
async function readPackages(): Promise<[string, string][]> {
  const folder = packagesFolder()
  const found = new Map<string, string>()
  const add = async (path: string, given?: string): Promise<void> => {
    if (found.has(path)) return
    const text = given ?? (await readFile(join(folder, path), 'utf8'))
    found.set(path, text)
    for (const name of relativeImports(text)) await add(posix.join(posix.dirname(path), name))
  }
  for (const { entry, text } of Object.values(browserPackages)) await add(entry, text)
  return [...found].map(([path, text]) => [`packages/${path}`, text])
}

/** node_modules beside the repository's root, or, where Weir is itself a package, the folder that it lies in. */
function packagesFolder(): string {
  for (let at = CONSOLE; at !== dirname(at); at = dirname(at)) {
    if (existsSync(join(at, 'node_modules', 'preact'))) return join(at, 'node_modules')
  }
  throw new Error('the package preact is not installed: run npm ci')
}

async function assetOf(path: string, text: string): Promise<Asset> {
  const plain = Buffer.from(text)
  const [br, zipped] = await Promise.all([compressed.br(plain, BROTLI), compressed.gzip(plain)])
  return { type: types[path.split('.').at(-1) ?? ''] ?? 'application/octet-stream', plain, br, gzip: zipped }
}
