import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/**
 * Starts the command at each line `start` on its standard input and reports "started <pid>" and "exited <code>". When its input ends,
 * because the parent closed it or died in whatever way, it kills the command and removes the directory. It stands in a session of its own,
 * so that Ctrl-C in a terminal reaches the parent alone, which then stops things in order.
 */
const watchdog = `
directory=$1; shift
while read -r word; do
  [ "$word" = start ] || continue
  {
    "$@" </dev/null >>"$directory/kafka.log" 2>&1 &
    echo $! >"$directory/pid"; echo "started $!"
    wait $!; code=$?
    rm -f "$directory/pid"; echo "exited $code"
  } &
done
[ -f "$directory/pid" ] && kill -9 "$(cat "$directory/pid")" 2>/dev/null
wait
rm -rf "$directory"
`

/** A command under a watchdog. */
export interface WatchedProcess extends AsyncDisposable {
  /** Process id of the command while it runs. */
  readonly pid: number | undefined
  /** Starts the command; resolves when it runs. */
  start(): Promise<void>
  /** Kills the command as `kill -9` does; resolves when it is gone. */
  kill(): Promise<void>
  /** The end of what the command wrote. */
  logTail(): Promise<string>
}

/** Puts a command under a watchdog that removes `directory` at the end. Nothing runs yet. */
export function openWatchedProcess(directory: string, command: readonly string[]): WatchedProcess {
  const shell = spawn('sh', ['-c', watchdog, 'watchdog', directory, ...command], { stdio: ['pipe', 'pipe', 'ignore'], detached: true })
  const reports = createInterface({ input: shell.stdout })
  let pid: number | undefined
  let waiters: ((value?: unknown) => void)[] = []
  // A program that forgets to dispose of this must still be able to end, so only awaited reports hold it; the watchdog then cleans up.
  const pipes = [shell.stdin, shell.stdout] as unknown as [Socket, Socket]
  shell.unref()
  for (const pipe of pipes) pipe.unref()
  reports.on('line', line => {
    pid = line.startsWith('started ') ? Number(line.slice('started '.length)) : undefined
    const current = waiters
    waiters = []
    for (const waiter of current) waiter()
  })

  async function reportAfter(act: () => void): Promise<void> {
    const report = new Promise(resolve => waiters.push(resolve))
    pipes[1].ref()
    act()
    await report
    pipes[1].unref()
  }

  async function start(): Promise<void> {
    await reportAfter(() => shell.stdin.write('start\n'))
  }

  async function kill(): Promise<void> {
    const running = pid
    if (running !== undefined) await reportAfter(() => process.kill(running, 'SIGKILL'))
  }

  async function logTail(): Promise<string> {
    const log = await readFile(join(directory, 'kafka.log'), 'utf8').catch(() => '')
    return log.slice(-2_000)
  }

  async function dispose(): Promise<void> {
    if (shell.exitCode !== null || shell.signalCode !== null) return
    shell.ref()
    const exited = once(shell, 'exit')
    shell.stdin.end()
    await exited
    reports.close()
  }

  return {
    get pid() {
      return pid
    },
    start,
    kill,
    logTail,
    [Symbol.asyncDispose]: dispose,
  }
}
