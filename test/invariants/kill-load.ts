/** The load of a kill run: bodies of lines and scrapes, sent until they are taken. */
import { delay } from '../../services/platform/clock.ts'
import { send } from '../journey/http.ts'
import type { SimulatedTraffic } from '../journey/simulated-traffic.ts'
import type { Processes } from './processes.ts'

const LINES_PER_BODY = 20
/** Pause of the sender between bodies, ms: some hundred lines a second. */
const BODY_PAUSE_MS = 20
/**
 * When all was sent and the kills go on, one body in so many is sent again; a line of the others that was lost
 * after its 202 would stay lost.
 */
const RESENT_EVERY_BODIES = 4
/** So many bodies hold one line that no dialect knows. */
const POISON_EVERY_BODIES = 10

/** What was sent. */
export interface Sent {
  /** Bodies with lines that were answered 202, those of every round. */
  bodies: number
  /** Lines in them. */
  lines: number
  /** Bodies and scrapes that were not answered 202 and sent again. */
  refused: number
}

/** Sends all bodies at a steady pace, and then some of them again until it is told to finish. What is not answered 202 is sent again. */
export function startLoad(bodies: readonly Body[], processes: Processes): { acceptedBodies: () => number; finish: () => Promise<Sent> } {
  const sent: Sent = { bodies: 0, lines: 0, refused: 0 }
  let isFinishing = false
  const deliver = async (path: string, body: string, contentType: string) => {
    for (;;) {
      const answer = await send(`${await processes.address('ingest')}${path}`, body, { 'content-type': contentType })
      if (answer !== undefined) return answer
      sent.refused++
      await delay(BODY_PAUSE_MS)
    }
  }
  const running = (async () => {
    for (let round = 1; round === 1 || !isFinishing; round++) {
      for (const [index, body] of bodies.entries()) {
        if (round > 1 && isFinishing) return
        if (round > 1 && index % RESENT_EVERY_BODIES !== 0) continue
        const { accepted } = await deliver(body.path, body.text, body.contentType)
        if (body.lines > 0) {
          sent.bodies++
          sent.lines += accepted
        }
        if (!isFinishing) await delay(BODY_PAUSE_MS)
      }
    }
  })()
  running.catch(() => undefined)
  return {
    acceptedBodies: () => sent.bodies,
    async finish() {
      isFinishing = true
      await running
      return sent
    },
  }
}

/** One POST to ingest. */
export interface Body {
  path: string
  contentType: string
  text: string
  /** Lines of gateways in it; 0: a scrape. */
  lines: number
}

/** Bodies of each gateway's lines in their order, with a line that nobody can read now and then, and the scrapes between them. */
export function bodiesOf(traffic: SimulatedTraffic): Body[] {
  const bodies: Body[] = []
  const waiting = new Map<string, string[]>()
  let poisons = 0
  const close = (source: string) => {
    const texts = waiting.get(source) ?? []
    waiting.delete(source)
    if (texts.length === 0) return
    if (bodies.length % POISON_EVERY_BODIES === 0) texts.splice(texts.length >> 1, 0, poisonLine(poisons++))
    bodies.push({
      path: `/v1/access-logs?source=${source}`,
      contentType: 'application/x-ndjson',
      text: texts.join('\n'),
      lines: texts.length,
    })
  }
  for (const { source, text } of traffic.lines) {
    const texts = waiting.get(source) ?? []
    waiting.set(source, texts)
    if (texts.push(text) >= LINES_PER_BODY) close(source)
  }
  for (const source of [...waiting.keys()]) close(source)
  const scrapeEvery = Math.max(1, Math.floor(bodies.length / traffic.expositions.length))
  const scrapes = traffic.expositions.map(({ path, text }) => ({ path, contentType: 'text/plain', text, lines: 0 }))
  return bodies.flatMap((body, index) => (index % scrapeEvery === 0 ? [body, ...scrapes.splice(0, 1)] : [body])).concat(scrapes)
}

const poisonLine = (number: number) => JSON.stringify({ poison: number, what: 'no dialect has these fields' })
