/** What the whole spine on one machine stands: `npm run bench -- --help`. */
import { parseArgs } from 'node:util'
import { compareWays, type Way } from './spine/comparison.ts'
import { type Freshness, measureFreshness } from './spine/freshness.ts'
import { gatewayNames } from './spine/line-pool.ts'
import { runLoad } from './spine/load.ts'
import { describeMachine, type Machine } from './spine/machine.ts'
import { type ReportRun, runReport } from './spine/report-run.ts'
import { type MemoryRow, memoryRows, type RateRow, rateRow, tableOf } from './spine/results.ts'
import { openStandaloneProcess } from './spine/standalone-process.ts'

const USAGE = `Usage: npm run bench -- [options]

Starts all of Weir in one process with the embedded log and the embedded ClickHouse, sends it lines of four gateways over
HTTP on this machine and measures until they can be read as settled figures. Everything is in a temporary folder and removed. Linux.

  --rates LIST        lines per second offered, one step each (default 1000,5000,10000,20000,30000; '' for none)
  --gateways LIST     whose lines: edge (Envoy), weir (canonical), litellm, kong (default: all, as in the demo)
  --seconds N         length of a step (default 25)
  --freshness N       seconds of the freshness measurement at 1,000 lines/s (default 30; 0 for none)
  --minutes N         length of the memory measurement (default 0: none)
  --memory-rate N     lines per second of it (default 1000)
  --report            also report on a generated file
  --report-mb N       its size (default 1000)
  --report-minutes N  the time that its lines are spread over (default 1440, a day)
  --comparison N      lines of the comparison with a plain program (default 100000; 0 for none)
  --cpu-prof DIR      write a CPU profile of Weir's process there
  --json              one JSON object on standard output instead of tables
  --help              this text
`

interface Findings {
  machine: Machine
  rates: RateRow[]
  freshness: Freshness | null
  memory: MemoryRow[]
  report: ReportRun | null
  comparison: Way[]
}

const { values } = parseArgs({
  options: {
    rates: { type: 'string', default: '1000,5000,10000,20000,30000' },
    gateways: { type: 'string', default: gatewayNames.join(',') },
    seconds: { type: 'string', default: '25' },
    freshness: { type: 'string', default: '30' },
    minutes: { type: 'string', default: '0' },
    'memory-rate': { type: 'string', default: '1000' },
    report: { type: 'boolean', default: false },
    'report-mb': { type: 'string', default: '1000' },
    'report-minutes': { type: 'string', default: '1440' },
    comparison: { type: 'string', default: '100000' },
    'cpu-prof': { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
const gateways = values.gateways.split(',')
if (values.help) console.log(USAGE)
else await main()
process.exit()

async function main(): Promise<void> {
  const rates = values.rates.split(',').filter(Boolean).map(Number)
  const profiling = values['cpu-prof'] === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${values['cpu-prof']}`]
  const findings: Findings = { machine: describeMachine(''), rates: [], freshness: null, memory: [], report: null, comparison: [] }
  const freshnessSeconds = number('freshness')
  if (rates.length > 0 || freshnessSeconds > 0 || number('minutes') > 0) {
    await using weir = await openStandaloneProcess(profiling)
    findings.machine = describeMachine(await weir.clickhouseVersion())
    if (freshnessSeconds > 0) findings.freshness = await freshnessOf(weir, freshnessSeconds)
    for (const linesPerSecond of rates) {
      note(`${linesPerSecond} lines/s for ${values.seconds} s`)
      findings.rates.push(rateRow(await runLoad(weir, { linesPerSecond, seconds: number('seconds'), gateways })))
    }
    if (number('minutes') > 0) {
      note(`memory: ${values['memory-rate']} lines/s for ${values.minutes} min`)
      const load = await runLoad(weir, { linesPerSecond: number('memory-rate'), seconds: 60 * number('minutes'), gateways })
      findings.rates.push(rateRow(load))
      findings.memory = memoryRows(load)
    }
  }
  if (values.report) {
    note(`report of ${values['report-mb']} MB over ${values['report-minutes']} min`)
    findings.report = await runReport(number('report-mb'), 60_000 * number('report-minutes'), profiling)
  }
  if (number('comparison') > 0) {
    note('comparison')
    findings.comparison = await compareWays(number('comparison'))
  }
  if (values.json) console.log(JSON.stringify(findings, null, 1))
  else print(findings)
}

async function freshnessOf(weir: Awaited<ReturnType<typeof openStandaloneProcess>>, seconds: number): Promise<Freshness | null> {
  note(`freshness at 1000 lines/s for ${seconds} s`)
  let measured: Freshness | null = null
  await runLoad(weir, { linesPerSecond: 1000, seconds, gateways }, undefined, async signal => {
    measured = await measureFreshness(weir, signal)
  })
  return measured
}

function number(name: keyof typeof values): number {
  const given = Number(values[name])
  if (!(given >= 0)) throw new Error(`--${name} takes a number that is not negative`)
  return given
}

function note(text: string): void {
  process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`)
}

function print(findings: Findings): void {
  console.log(`\n${tableOf([findings.machine])}`)
  if (findings.rates.length > 0)
    console.log(`\nThe whole spine, lines per second; CPU in microseconds per line, memory in MB\n\n${tableOf(findings.rates)}`)
  if (findings.freshness)
    console.log(`\nFreshness at 1,000 lines/s, seconds from sending a line to reading it settled\n\n${tableOf([findings.freshness])}`)
  if (findings.memory.length > 0) console.log(`\nMemory of all processes, MB\n\n${tableOf(findings.memory)}`)
  if (findings.report) console.log(`\nReport on a file\n\n${tableOf([findings.report])}`)
  if (findings.comparison.length > 0)
    console.log(`\nThe same Envoy lines several ways, CPU in microseconds per line\n\n${tableOf(findings.comparison)}`)
}
