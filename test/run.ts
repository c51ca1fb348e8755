/**
 * `npm test`: all tests, in three lanes side by side, since tests of processes wait more than they compute. A lane runs its files one after
 * another. Tests that kill or start several processes are in one lane: two of those at once on two cores wait longer than their patience
 * lasts. `npm test -- NAME` runs what takes too long for every time instead: see `longer`.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
/** Start brokers and services, or play long scenarios: a process for each file. The two lists are about as long as what is left. */
const apart: readonly (readonly string[])[] = [
  [
    'invariants',
    'demo/demo',
    'standalone',
    'platform/event-log',
    'worker/process',
    'worker/consume',
    'alert/receivers/real-alertmanager',
    'alert/kill-alerts',
    'money/focus',
    'cli/prices-on-standalone',
    'bin',
    'docs',
    'settle/settle-window',
    'settle/publishing',
  ],
  [
    'journey',
    'cli/readme-commands',
    'cli/prices',
    'charge',
    'api/heavy-answers',
    'console',
    'alert/weeks',
    'answers/verdict/storms',
    'answers/egress',
    'answers/requests',
    'money/pools/ground-truth',
  ],
]
/** Left to `npm test -- kills`, which continuous integration runs too: the same with ten kills of each process, on both logs. */
const leftToKills = join('test', 'invariants', 'kill-on-kafka.test.ts')
/** What runs by name only: the program, and settings that stand unless the environment has others. */
const longer: Readonly<Record<string, { does: string; run: readonly string[]; settings: Readonly<Record<string, string>> }>> = {
  kills: {
    does: 'kills every process ten times instead of twice, and alerting fifty times, on both logs',
    run: ['--test', '--test-force-exit', ...globSync('test/{invariants,alert}/kill-*.test.ts', { cwd: root })],
    settings: { WEIR_TEST_KILLS: '10' },
  },
  weeks: {
    does: 'plays all pieces of the quiet and the bad week through the shipped rules instead of every second one',
    run: ['--test', '--test-force-exit', 'test/alert/weeks/weeks.test.ts'],
    settings: { WEIR_TEST_WEEKS: 'whole' },
  },
  fuzz: {
    does: 'two million damaged inputs, from a seed of its own',
    run: ['--test', '--test-force-exit', 'test/fuzz/fuzz.test.ts'],
    settings: { WEIR_FUZZ_RUNS: '2000000' },
  },
  screenshots: {
    does: 'takes the pictures of docs/screenshots anew',
    run: ['--test', '--test-force-exit', 'test/console/take-screenshots.ts'],
    settings: {},
  },
  mutants: {
    does: 'plants one fault after the other and expects the tests to notice',
    run: ['test/mutants/run-mutants.ts'],
    settings: {},
  },
}

const [name, ...rest] = process.argv.slice(2)
process.exitCode = name === undefined ? await runAll() : await runLonger(name, rest)

async function runAll(): Promise<number> {
  const files = globSync('test/**/*.test.ts', { cwd: root })
    .filter(file => file !== leftToKills)
    .sort()
  const laneOf = (file: string) => apart.findIndex(places => places.some(place => file.startsWith(join('test', place))))
  const lanes = await Promise.all([
    ...apart.map((_, lane) =>
      runLane(
        files.filter(file => laneOf(file) === lane),
        ['--test-concurrency=1'],
        { isShown: lane === 0 },
      ),
    ),
    // All in one process, and most with one ClickHouse: to start either for each file takes longer than what most files test.
    runLane(
      files.filter(file => laneOf(file) === -1),
      ['--test-isolation=none'],
      { isShown: false },
    ),
  ])
  for (const { text } of lanes) process.stdout.write(text)
  process.stdout.write(`${leftToKills} is left to npm test -- kills\n`)
  return lanes.some(({ isOk }) => !isOk) ? 1 : 0
}

async function runLonger(asked: string, given: readonly string[]): Promise<number> {
  const one = longer[asked]
  if (one === undefined) {
    const lines = Object.entries(longer).map(([known, { does }]) => `  npm test -- ${known.padEnd(8)} ${does}`)
    process.stderr.write(`there are no tests called "${asked}"; there are\n  npm test            all of them\n${lines.join('\n')}\n`)
    return 2
  }
  const env = { ...one.settings, ...process.env }
  const child = spawn(process.execPath, [...one.run, ...given], { cwd: root, env, stdio: 'inherit' })
  const [code] = (await once(child, 'close')) as [number | null]
  return code ?? 1
}

/** Runs the files one after another; what is said is shown at once or given back as `text`. */
async function runLane(paths: readonly string[], isolation: readonly string[], { isShown }: { isShown: boolean }) {
  const chunks: Buffer[] = []
  // Compiled code is kept, for the tests and for what they start.
  const env = { NODE_COMPILE_CACHE: join(root, '.cache', 'compiled'), ...process.env }
  const options = ['--test', '--test-force-exit', '--test-reporter=spec', ...isolation, ...paths]
  const child = spawn(process.execPath, options, { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] })
  child.stdout.on('data', (chunk: Buffer) => (isShown ? process.stdout.write(chunk) : chunks.push(chunk)))
  const [code] = (await once(child, 'close')) as [number | null]
  return { isOk: code === 0, text: Buffer.concat(chunks) }
}
