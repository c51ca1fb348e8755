/** The services as real processes, as they are deployed: started, killed with SIGKILL, and started again by a supervisor. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { delay } from '../../services/platform/clock.ts'
import { freePorts } from '../fakes/free-ports.ts'

/** A service that runs as a process of its own. */
export type ServiceName = 'ingest' | 'worker' | 'settle' | 'api'

/** A process that ended by itself: which, how, and the code of the error that it gave as the reason ('' when it gave none). */
export interface OwnEnd {
  service: ServiceName
  exitCode: number | null
  errorCode: string
}

/** The processes of one test. Disposing kills all that still run. */
export interface Processes extends AsyncDisposable {
  /** Runs `migrate` to its end; throws with its output when it fails. */
  migrate(): Promise<void>
  /** Starts a service and supervises it: whenever it ends by itself it is started again, as an orchestrator would. */
  start(service: ServiceName): void
  /**
   * Kills the service as `kill -9` does and starts it again at once. Gives the id of the killed process;
   * undefined: none ran at that moment.
   */
  killAndRestart(service: ServiceName): Promise<number | undefined>
  /** Sends SIGTERM, waits for the end and gives the exit code; the service is not started again. */
  stop(service: ServiceName): Promise<number | null>
  /** Where ingest or api listens now; waits until it does. */
  address(service: 'ingest' | 'api'): Promise<string>
  /** Processes that ended although nobody killed or stopped them. */
  readonly ownEnds: readonly OwnEnd[]
  /** The last words of all services, for the message of a failed test. */
  lastWords(): string
}

interface Running {
  child: ChildProcess
  address: string | undefined
  errorCode: string
  isWanted: boolean
}

const RESTART_AFTER_MS = 250
const KEPT_LINES = 40
/** Small pauses, so that much happens between two kills. */
const quick = { WEIR_WORKER_MAX_INSERT_DELAY_MS: '100', WEIR_SETTLE_QUIET_MS: '200', WEIR_SETTLE_MAX_WAIT_MS: '1000' }
/** Prepares processes that share these settings. Nothing runs yet; every listener takes a free port. */
export function openProcesses(settings: Readonly<Record<string, string>>): Processes {
  const env = { PATH: process.env['PATH'], ...freePorts, ...quick, ...settings }
  const running = new Map<ServiceName, Running>()
  const words = new Map<string, string[]>()
  const ownEnds: OwnEnd[] = []
  let isClosed = false

  function start(service: ServiceName): void {
    const child = spawn(process.execPath, [programOf(service)], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    const entry: Running = { child, address: undefined, errorCode: '', isWanted: true }
    running.set(service, entry)
    const keep = keeperOf(service, words)
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', line => {
      keep(line)
      readLogLine(line, entry)
    })
    createInterface({ input: child.stderr as NodeJS.ReadableStream }).on('line', keep)
    // 'close' and not 'exit': by then everything that it wrote has been read.
    child.once('close', exitCode => {
      if (!entry.isWanted || isClosed) return
      ownEnds.push({ service, exitCode, errorCode: entry.errorCode })
      setTimeout(() => !isClosed && entry.isWanted && running.get(service) === entry && start(service), RESTART_AFTER_MS)
    })
  }

  async function end(service: ServiceName, signal: NodeJS.Signals): Promise<ChildProcess | undefined> {
    const entry = running.get(service)
    if (entry === undefined) return undefined
    entry.isWanted = false
    const { child } = entry
    const isAlive = child.exitCode === null && child.signalCode === null
    if (isAlive) {
      const exited = once(child, 'exit')
      child.kill(signal)
      await exited
    }
    return isAlive ? child : undefined
  }

  return {
    ownEnds,
    start,
    async migrate() {
      const child = spawn(process.execPath, [programOf('migrate')], { env, stdio: ['ignore', 'pipe', 'pipe'] })
      let output = ''
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', text => {
          output += text
        })
      }
      const [exitCode] = await once(child, 'close')
      if (exitCode !== 0) throw new Error(`migrate ended with ${exitCode}:\n${output}`)
    },
    async killAndRestart(service) {
      const killed = await end(service, 'SIGKILL')
      if (!isClosed) start(service)
      return killed?.pid
    },
    async stop(service) {
      const child = await end(service, 'SIGTERM')
      return child?.exitCode ?? null
    },
    async address(service) {
      for (;;) {
        const address = running.get(service)?.address
        if (address !== undefined) return address
        if (isClosed) throw new Error(`${service} is not running any more`)
        await delay(10)
      }
    },
    lastWords: () => [...words].map(([service, lines]) => `--- ${service}\n${lines.join('\n')}`).join('\n'),
    async [Symbol.asyncDispose]() {
      isClosed = true
      await Promise.all([...running.keys()].map(service => end(service, 'SIGKILL')))
    },
  }
}

function programOf(service: string): string {
  return fileURLToPath(new URL(`../../services/${service}/main.ts`, import.meta.url))
}

function keeperOf(service: string, words: Map<string, string[]>): (line: string) => void {
  const kept = words.get(service) ?? []
  words.set(service, kept)
  return line => {
    kept.push(line.slice(0, 1_000))
    if (kept.length > KEPT_LINES) kept.shift()
  }
}

/** ingest logs its address, api its host and port; the line before an end by fault is of level fatal and has the error's code. */
function readLogLine(line: string, entry: Running): void {
  try {
    const { address, host, port, level, code } = JSON.parse(line) as Record<string, unknown>
    if (typeof address === 'string') entry.address = address
    if (typeof host === 'string' && typeof port === 'number') entry.address = `http://${host}:${port}`
    if (level === 'fatal') entry.errorCode = typeof code === 'string' ? code : 'none'
  } catch {
    // Not a line of the log: kept as it is.
  }
}
