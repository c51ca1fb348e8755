/**
 * `npm test`: all tests, in two lanes side by side. A lane runs its files one after another; tests that start several processes have a lane of their
 * own, since two of those at once on two cores wait for each other longer than their patience lasts.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
/** Files whose tests start brokers, services or programs beside this one. */
const manyProcesses = ['invariants', 'journey', 'standalone', 'platform/event-log', 'money/focus', 'charge/prices-on-standalone.test.ts']

const files = globSync('test/**/*.test.ts', { cwd: root }).sort()
const isOfManyProcesses = (file: string) => manyProcesses.some(place => file.startsWith(join('test', place)))
const lanes = [files.filter(isOfManyProcesses), files.filter(file => !isOfManyProcesses(file))]
const codes = await printInTurn(lanes.map(startLane))
process.exitCode = codes.find(code => code !== 0) ?? 0

function startLane(lane: readonly string[]): ChildProcess {
  // Compiled code is kept, for the tests and for what they start: every file is a process of its own.
  const env = { NODE_COMPILE_CACHE: join(root, '.cache', 'compiled'), ...process.env }
  return spawn(process.execPath, ['--test', '--test-force-exit', '--test-concurrency=1', '--test-reporter=spec', ...lane], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

/** Shows the first lane as it runs, and of each other what it has said and says once those before it have ended; gives their exit codes. */
async function printInTurn(running: readonly ChildProcess[]): Promise<number[]> {
  const kept = running.map(child => ({ child, chunks: [] as Buffer[], closed: once(child, 'close') }))
  for (const { child, chunks } of kept) child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk))
  const codes: number[] = []
  for (const { child, chunks, closed } of kept) {
    process.stdout.write(Buffer.concat(chunks))
    child.stdout?.on('data', (chunk: Buffer) => process.stdout.write(chunk))
    const [code] = (await closed) as [number | null]
    codes.push(code ?? 1)
  }
  return codes
}
