/**
 * `npm test`: all tests, in two lanes side by side. A lane runs its groups one after another, and so a group its files. Tests that start several processes
 * are in one lane, since two of those at once on two cores wait for each other longer than their patience lasts.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Places under test/, as a path begins; `isOneProcess`: all of them in one process, which saves what starting one for each file costs. */
interface Group {
  places: readonly string[]
  isOneProcess: boolean
}

const root = fileURLToPath(new URL('..', import.meta.url))
/** Start brokers, services or programs. */
const programs: Group = {
  places: [
    'invariants',
    'journey',
    'standalone',
    'platform/event-log',
    'money/focus',
    'charge/prices-on-standalone',
    'worker/process',
    'worker/consume',
  ],
  isOneProcess: false,
}
/** Compute, at most with a ClickHouse that they can share. */
const parts: Group = {
  places: [
    'schemas',
    'simulation',
    'ingest',
    'worker',
    'money/price-book',
    'money/reconcile',
    'money/pools',
    'money/terms',
    'money/budgets',
  ],
  isOneProcess: true,
}

const files = globSync('test/**/*.test.ts', { cwd: root }).sort()
const ofPrograms = files.filter(isAmong(programs))
const ofParts = files.filter(isAmong(parts)).filter(file => !ofPrograms.includes(file))
const others = files.filter(file => !ofPrograms.includes(file) && !ofParts.includes(file))
const lanes = [
  [{ files: ofPrograms, isOneProcess: false }],
  [
    { files: others, isOneProcess: false },
    { files: ofParts, isOneProcess: true },
  ],
]
const outputs = await Promise.all(lanes.map((lane, index) => runLane(lane, index === 0)))
for (const { text } of outputs) process.stdout.write(text)
process.exitCode = outputs.some(({ isOk }) => !isOk) ? 1 : 0

function isAmong({ places }: Group): (file: string) => boolean {
  return file => places.some(place => file.startsWith(join('test', place)))
}

/** Runs the groups; what they say is shown at once or, as `text`, when the lanes have ended. */
async function runLane(groups: readonly { files: readonly string[]; isOneProcess: boolean }[], isShown: boolean) {
  const chunks: Buffer[] = []
  let isOk = true
  for (const { files: paths, isOneProcess } of groups) {
    const isolation = isOneProcess ? ['--test-isolation=none'] : ['--test-concurrency=1']
    // Compiled code is kept, for the tests and for what they start.
    const env = { NODE_COMPILE_CACHE: join(root, '.cache', 'compiled'), ...process.env }
    const options = ['--test', '--test-force-exit', '--test-reporter=spec', ...isolation, ...paths]
    const child = spawn(process.execPath, options, { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] })
    child.stdout.on('data', (chunk: Buffer) => (isShown ? process.stdout.write(chunk) : chunks.push(chunk)))
    const [code] = (await once(child, 'close')) as [number | null]
    isOk &&= code === 0
  }
  return { isOk, text: Buffer.concat(chunks) }
}
