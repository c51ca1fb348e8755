/**
 * A hostile sender beside the good ones of a kill run: what has stopped a worker or held ingest up once, again and again until told to
 * finish.
 */
import { gzipSync } from 'node:zlib'
import { delay } from '../../services/platform/clock.ts'
import { hostileBodies } from '../fakes/hostile-bodies.ts'
import type { Processes } from './processes.ts'

const SOURCE = 'hostile'
const PAUSE_MS = 400
/** Enough at once to park the source at its first message: not one of its lines is judged by itself. */
const EMPTY_OBJECTS = 1_500
/** Of the bodies that are refused whole; nothing of them reaches the log. */
const REFUSED = [
  'an array of nothing',
  'lines that are no JSON',
  'millions of empty records',
  'frames one behind the other, and rubbish behind them',
]

/** What came of it. `parkedLines`: lines that were answered 202; `faults`: answers 5xx other than 503. */
export interface HostileSent {
  parkedLines: number
  faults: string[]
}

/** Begins to send. */
export function startHostile(processes: Processes): { finish: () => Promise<HostileSent> } {
  const sent: HostileSent = { parkedLines: 0, faults: [] }
  const empties = gzipSync('{}\n'.repeat(EMPTY_OBJECTS))
  const others = hostileBodies(Date.now).filter(({ name }) => REFUSED.includes(name))
  let isFinishing = false
  const post = async (path: string, headers: Readonly<Record<string, string>>, body: Buffer) => {
    const address = await processes.address('ingest')
    return await fetch(`${address}${path}`, { method: 'POST', headers, body: new Uint8Array(body) }).catch(() => undefined)
  }
  const running = (async () => {
    for (let round = 0; !isFinishing; round++) {
      const other = others[round % others.length] as (typeof others)[number]
      const taken = await post(`/v1/access-logs?source=${SOURCE}`, { 'content-encoding': 'gzip' }, empties)
      if (taken?.status === 202) sent.parkedLines += EMPTY_OBJECTS
      const refused = await post(other.path, other.headers, other.bytes())
      for (const answer of [taken, refused]) {
        if (answer !== undefined && answer.status >= 500 && answer.status !== 503) sent.faults.push(`${answer.status} to ${other.name}`)
      }
      await delay(PAUSE_MS)
    }
  })()
  running.catch(() => undefined)
  return {
    async finish() {
      isFinishing = true
      await running
      return sent
    },
  }
}
