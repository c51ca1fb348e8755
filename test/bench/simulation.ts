/**
 * How fast the simulator makes requests and lines: `node test/bench/simulation.ts [requests per second of the platform]
 * [simulated seconds]`. Prints requests per second of real time for the model alone, with Envoy lines (all tenants behind one
 * Envoy), and with the default mix of dialects.
 */
import { availableParallelism } from 'node:os'
import { defaultPlatform } from '../../services/demo/simulation/default-platform.ts'
import { buildRenderer } from '../../services/demo/simulation/emit/render.ts'
import { type PlatformConfig, scalePlatform } from '../../services/demo/simulation/platform-model.ts'
import { openSimulation } from '../../services/demo/simulation/run.ts'

const requestsPerS = Number(process.argv[2] ?? 20_000)
const simulatedS = Number(process.argv[3] ?? 20)
const START_MS = 1_790_000_000_000

const base = defaultPlatform.tenants.reduce((sum, tenant) => sum + tenant.requests_per_s, 0)
const scaled = scalePlatform(defaultPlatform, requestsPerS / base)
const allEnvoy: PlatformConfig = { ...scaled, gateways: scaled.gateways.map(gateway => ({ ...gateway, dialect: 'envoy' })) }

console.log(`node ${process.version}, ${availableParallelism()} cores; platform of ${requestsPerS} requests/s, ${simulatedS} s simulated`)
measure('model alone', scaled, false)
measure('with Envoy lines', allEnvoy, true)
measure('with lines of four dialects', scaled, true)

function measure(name: string, platform: PlatformConfig, isRendering: boolean): void {
  const simulation = openSimulation({ seed: 1, startMs: START_MS, platform })
  const render = buildRenderer(platform)
  const startedAt = performance.now()
  let requests = 0
  let lines = 0
  let bytes = 0
  for (let second = 1; second <= simulatedS; second++) {
    const output = simulation.advanceTo(START_MS + second * 1000)
    requests += output.requests.length
    if (!isRendering) continue
    for (const request of output.requests) {
      for (const line of render(request)) {
        lines++
        bytes += line.length + 1
      }
    }
  }
  const elapsedS = (performance.now() - startedAt) / 1000
  const perS = Math.round(requests / elapsedS).toLocaleString('en')
  const rssMb = Math.round(process.memoryUsage().rss / 1e6)
  console.log(
    `${name}: ${requests} requests in ${elapsedS.toFixed(2)} s = ${perS} requests/s; ${lines} lines, ${(bytes / 1e6).toFixed(0)} MB; ` +
      `${simulation.inFlight} in flight; rss ${rssMb} MB`,
  )
}
