import { parseArgs } from 'node:util'
import { systemNow } from '../platform/clock.ts'
import { readSettings, searchPath } from '../platform/env.ts'
import { messageOf } from '../platform/errors.ts'
import { runDemo } from './demo.ts'

const USAGE = `Usage: npm run demo -- [options]

Weir on one machine, fed by a simulated platform: four gateways, two GPU pools, two providers, eight tenants. The last 30 minutes are filled in first;
after two minutes a provider fails, its traffic falls back to a pool, the pool saturates, retries storm, and everything recovers.

  --kafka        through a real Kafka (Java and Maven needed) instead of the embedded log
  --seed N       another course of events (default 1); the same seed gives the same
  --scale N      that many times the traffic (default 1)
  --seconds N    stop by itself after N seconds of live traffic
  --help         this text

Everything it stores is in data/demo and is started afresh each time. Look at it again later with WEIR_DATA_DIR=data/demo npm start
`

const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (stop.signal.aborted) process.exit(1)
    process.stdout.write('\nstopping: what was accepted is written and settled first\n')
    stop.abort()
  })
}
try {
  process.exitCode = await main()
} catch (error) {
  process.stderr.write(`demo: ${messageOf(error)}\n`)
  process.exitCode = 1
}
process.exit()

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      kafka: { type: 'boolean', default: false },
      seed: { type: 'string', default: '1' },
      scale: { type: 'string', default: '1' },
      seconds: { type: 'string', default: '0' },
      help: { type: 'boolean', default: false },
    },
  })
  const numbers = { seed: Number(values.seed), scale: Number(values.scale), seconds: Number(values.seconds) }
  const fault = Object.entries(numbers).find(([name, value]) => !(Number.isFinite(value) && value >= (name === 'scale' ? 0.1 : 0)))
  if (values.help || fault !== undefined) {
    if (fault !== undefined) process.stderr.write(`demo: --${fault[0]} takes a number that is not negative\n\n`)
    process.stdout.write(USAGE)
    return fault === undefined ? 0 : 2
  }
  const deps = { settings: readSettings(), now: systemNow, searchPath: searchPath(), screen: process.stdout }
  const say = (text: string) => void process.stdout.write(`${text}\n`)
  await runDemo({ isKafka: values.kafka, ...numbers }, { ...deps, say }, stop.signal)
  return 0
}
