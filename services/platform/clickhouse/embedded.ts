import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { delimiter, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { delay, SECOND } from '../clock.ts'
import { AppError } from '../errors.ts'
import { type ClickHouseAccount, openEmbeddedAccess } from './embedded-access.ts'

/** What the supervisor says about the server it keeps. */
export interface EmbeddedClickHouseLogger {
  warn(fields: object, message: string): void
}

/** A supervised ClickHouse server on 127.0.0.1. Disposing stops it; its data directory stays. */
export interface EmbeddedClickHouse extends AsyncDisposable {
  readonly url: string
  /** The account that may do what Weir does, and one that may only read (embedded-access.ts). */
  readonly owner: ClickHouseAccount
  readonly reader: ClickHouseAccount
  /** Process id of the server that runs now (tests kill it to see it come back). */
  pid(): number | undefined
}

const READY_WITHIN_MS = 60 * SECOND
const RESTART_AFTER_MS = 500

/**
 * Starts ClickHouse as a child process on free ports with its data in `config.directory`: the `clickhouse` program of `config.searchPath`
 * (the form of PATH) if there is one, else libchdb of the optional npm package chdb. The server is restarted when it dies and ends with
 * this process. Rejects with CLICKHOUSE_NOT_INSTALLED or, when it is not ready within a minute, CLICKHOUSE_UNAVAILABLE.
 */
export async function openEmbeddedClickHouse(
  config: { directory: string; searchPath?: string },
  deps: { logger: EmbeddedClickHouseLogger },
): Promise<EmbeddedClickHouse> {
  // ClickHouse puts a relative path before paths that have it already, where it syncs a part's folder.
  const directory = resolve(config.directory)
  const [httpPort, tcpPort] = [await freePort(), await freePort()]
  const { owner, reader, configFile } = openEmbeddedAccess(directory, httpPort)
  const options = [`--config-file=${configFile}`, ...serverOptions(directory, httpPort, tcpPort)]
  const [program, ...programArguments] = serverCommand(options, config.searchPath ?? '')
  const url = `http://127.0.0.1:${httpPort}`
  const lastWords: string[] = []
  let closing = false
  let child: ChildProcess
  const start = () => {
    // The open pipe on standard input is what tells the server that this process lives. A process group of its own: Ctrl-C at a terminal
    // goes to the whole group, and the server must outlive what this process still has to write.
    child = spawn(program as string, programArguments, { stdio: ['pipe', 'ignore', 'pipe'], detached: true })
    child.stdin?.on('error', () => {})
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      lastWords.push(text)
      if (lastWords.length > 20) lastWords.shift()
    })
    child.on('exit', (code, signal) => {
      if (closing) return
      deps.logger.warn(
        { code, signal, lastWords: lastWords.join('').slice(-2000) },
        'ClickHouse ended unexpectedly and is started again; no data is lost',
      )
      setTimeout(() => !closing && start(), RESTART_AFTER_MS)
    })
  }
  start()
  const stop = async () => {
    closing = true
    if (child.exitCode !== null || child.signalCode !== null) return
    const exited = new Promise(resolve => child.once('exit', resolve))
    child.kill('SIGKILL')
    await exited
  }
  try {
    await untilReady(url, lastWords)
  } catch (error) {
    await stop()
    throw error
  }
  return { url, owner, reader, pid: () => child.pid, [Symbol.asyncDispose]: stop }
}

async function untilReady(url: string, lastWords: readonly string[]): Promise<void> {
  const attempts = READY_WITHIN_MS / 100
  for (let attempt = 0; attempt < attempts; attempt++) {
    const isUp = await fetch(`${url}/ping`).then(
      answer => answer.ok,
      () => false,
    )
    if (isUp) return
    await delay(100)
  }
  throw new AppError(
    'CLICKHOUSE_UNAVAILABLE',
    `the embedded ClickHouse did not start within ${READY_WITHIN_MS / SECOND} s. Its last words: ${lastWords.join('').slice(-500)}`,
  )
}

function serverOptions(directory: string, httpPort: number, tcpPort: number): string[] {
  return [`--path=${directory}`, '--listen_host=127.0.0.1', `--http_port=${httpPort}`, `--tcp_port=${tcpPort}`]
}

function serverCommand(options: readonly string[], searchPath: string): string[] {
  const binary = searchPath
    .split(delimiter)
    .filter(Boolean)
    .map(folder => join(folder, 'clickhouse'))
    .find(existsSync)
  if (binary) {
    const [configFile = '', ...rest] = options
    return [binary, 'server', configFile, '--', ...rest, '--logger.console=1']
  }
  return [process.execPath, fileURLToPath(new URL('embedded-server.ts', import.meta.url)), embeddedLibrary(), ...options]
}

function embeddedLibrary(): string {
  try {
    const resolved = createRequire(import.meta.url).resolve('@chdb/lib-linux-x64-gnu')
    const library = join(dirname(resolved), 'libchdb.so')
    if (existsSync(library)) return library
  } catch {
    // Not installed: said below with its remedy.
  }
  throw new AppError(
    'CLICKHOUSE_NOT_INSTALLED',
    'no ClickHouse found: set CLICKHOUSE_URL, put a clickhouse program on PATH, or install the optional npm packages chdb and ffi-rs ' +
      '(Linux x64, glibc)',
  )
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
