/**
 * Lines of the simulator, rendered once and used again and again: only ids and times are overwritten, in place. Rendering 20,000 lines a
 * second would take a core of the machine that is being measured.
 */
import { defaultPlatform } from '../../../services/demo/simulation/default-platform.ts'
import { buildRenderer } from '../../../services/demo/simulation/emit/render.ts'
import { scalePlatform } from '../../../services/demo/simulation/platform-model.ts'
import { openSimulation } from '../../../services/demo/simulation/run.ts'

/** Lines of one gateway, ready to be sent as a body. */
export interface PooledBody {
  source: string
  lines: number
  bytes: Buffer
  /** When the last of its requests finished, in the simulation's time (ms). */
  endedMs: number
  times: readonly TimeSlot[]
  ids: readonly number[]
}

/** A place with a time: `seconds` of the simulation, as ten digits or as the first 19 characters of ISO 8601. */
interface TimeSlot {
  at: number
  seconds: number
  isIso: boolean
}

const START_MS = 1_790_000_000_000
/** Played before lines are kept, so that long requests are among those that finish. */
const WARM_UP_MS = 60_000
const KEPT_MS = 20_000
const BASE_SCALE = 60
const NEWLINE = Buffer.from('\n')
const ISO_TIME = /2026-09-21[T ]\d\d:\d\d:\d\d/g
const EPOCH_TIME = /(?<=:)1790\d{6}(?=\d{3}\b|[.,}])/g
/** Ids of requests, traces and calls; the plugin's own is the same in every line. */
const HEX_ID = /(?<!"plugin_id":")(?<![0-9a-f-])[0-9a-f]{8}(?=-[0-9a-f]{4}-[0-9a-f]{4}-|[0-9a-f]{16,24}\b)/g

/** The gateways of the default platform, each with a dialect of its own. */
export const gatewayNames: readonly string[] = defaultPlatform.gateways.map(gateway => gateway.name)

/**
 * Renders the pool: the named gateways in the proportions of the default platform, bodies of at most `bodyLines` lines in order of time.
 */
export function buildLinePool(bodyLines: number, gateways: readonly string[] = gatewayNames): PooledBody[] {
  const platform = scalePlatform(defaultPlatform, BASE_SCALE)
  const simulation = openSimulation({ seed: 1, startMs: START_MS, platform })
  const render = buildRenderer(platform)
  simulation.advanceTo(START_MS + WARM_UP_MS)
  const open = new Map<string, { lines: string[]; endedMs: number }>()
  const bodies: PooledBody[] = []
  for (const request of simulation.advanceTo(START_MS + WARM_UP_MS + KEPT_MS).requests) {
    if (!gateways.includes(request.gateway)) continue
    const gathered = open.get(request.gateway) ?? { lines: [], endedMs: 0 }
    open.set(request.gateway, gathered)
    gathered.lines.push(...render(request))
    gathered.endedMs = request.ended_at
    if (gathered.lines.length < bodyLines) continue
    bodies.push(bodyOf(request.gateway, gathered))
    open.delete(request.gateway)
  }
  return bodies.sort((a, b) => a.endedMs - b.endedMs)
}

/**
 * Writes the body anew, as if its requests had finished by `endMs`, with ids that `round` makes unlike those of every other round. The
 * bytes are the pool's own: they must have been sent before the body is renewed again.
 */
export function renewBody(body: PooledBody, endMs: number, round: number): Buffer {
  const shift = Math.floor((endMs - body.endedMs) / 1000)
  const prefix = round.toString(16).padStart(8, '0')
  for (const at of body.ids) body.bytes.write(prefix, at, 'latin1')
  const texts = new Map<number, string>()
  for (const { at, seconds, isIso } of body.times) {
    const key = isIso ? -seconds : seconds
    let text = texts.get(key)
    if (text === undefined) {
      text = isIso ? new Date((seconds + shift) * 1000).toISOString().slice(0, 19) : String(seconds + shift)
      texts.set(key, text)
    }
    body.bytes.write(text, at, 'latin1')
  }
  return body.bytes
}

function bodyOf(source: string, { lines, endedMs }: { lines: readonly string[]; endedMs: number }): PooledBody {
  const text = `${lines.join('\n')}${NEWLINE}`
  const bytes = Buffer.from(text)
  if (bytes.length !== text.length)
    throw new Error('the simulated lines are expected to be ASCII: positions in text and bytes would differ')
  const times = [
    ...[...text.matchAll(ISO_TIME)].map(match => ({
      at: match.index,
      seconds: Date.parse(`${match[0].replace(' ', 'T')}Z`) / 1000,
      isIso: true,
    })),
    ...[...text.matchAll(EPOCH_TIME)].map(match => ({ at: match.index, seconds: Number(match[0]), isIso: false })),
  ]
  return { source, lines: lines.length, bytes, endedMs, times, ids: [...text.matchAll(HEX_ID)].map(match => match.index) }
}
