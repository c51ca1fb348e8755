import { lookup } from 'node:dns/promises'
import type { LookupFunction } from 'node:net'
import type { Readable } from 'node:stream'
import ipaddr from 'ipaddr.js'
import { Agent, request } from 'undici'
import { SECOND } from '../../platform/clock.ts'
import type { DeliveryOutcome } from '../receivers/receiver.ts'
import { checkTarget, type ResolveHost, type TargetRules } from './check-target.ts'
import { outcomeOfAnswer } from './outcome-of-answer.ts'

/** A message on its way. */
export interface Post {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Text that must never be told, whoever echoes it. */
  readonly secrets: readonly string[]
}

/** How one is sent. */
export interface PostConfig extends TargetRules {
  /** How long everything may take, ms; POST_TIMEOUT_MS unless told. */
  readonly timeoutMs?: number
}

/** What sending needs from outside. */
export interface PostDeps {
  readonly resolve: ResolveHost
  readonly now: () => number
}

/** Standard Webhooks asks for 15 to 30 s. */
export const POST_TIMEOUT_MS = 15 * SECOND
/** An answer's body is read so far; the rest is not taken off the wire. */
const MAX_ANSWER_BYTES = 4 * 1024
/** The status has decided: the body is waited for no longer than this. */
const ANSWER_BODY_TIMEOUT_MS = 2 * SECOND

/** Looks a name up as the machine does, /etc/hosts included. Gives all addresses. */
export const resolveHost: ResolveHost = async hostname => (await lookup(hostname, { all: true })).map(({ address }) => address)

/**
 * Sends a message once. Follows no redirect, connects only to an address that was checked for this very try, shares no connection with
 * another message, takes at most 4 KB of the answer and ends within its time-out. Never rejects.
 */
export async function post(message: Post, config: PostConfig, deps: PostDeps, signal: AbortSignal): Promise<DeliveryOutcome> {
  const timeout = AbortSignal.timeout(config.timeoutMs ?? POST_TIMEOUT_MS)
  const ends = AbortSignal.any([signal, timeout])
  const target = await untilAborted(checkTarget(message.url, config, deps, ends), ends)
  if (target === undefined) return failed(timeout.aborted ? 'no answer in time' : 'stopped')
  if (!target.isAllowed) return { outcome: target.mayChange ? 'retry' : 'refused', status: null, detail: target.why }
  const agent = new Agent({ connect: { lookup: pinned(target.addresses) }, pipelining: 0 })
  try {
    const answer = await request(target.url, {
      method: 'POST',
      headers: { 'user-agent': 'weir', 'content-type': 'application/json', ...message.headers },
      body: message.body,
      dispatcher: agent,
      signal: ends,
      bodyTimeout: ANSWER_BODY_TIMEOUT_MS,
    })
    const said = await readStart(answer.body)
    const { statusCode: status, headers } = answer
    const secrets = [...message.secrets, message.url, ...Object.values(message.headers)]
    return outcomeOfAnswer({ status, retryAfter: headers['retry-after'], said }, { isQuoted: !config.isOfTenant, secrets }, deps.now())
  } catch (error) {
    return failed(timeout.aborted ? 'no answer in time' : signal.aborted ? 'stopped' : reasonOf(error))
  } finally {
    void agent.destroy().catch(() => {})
  }
}

function failed(detail: string): DeliveryOutcome {
  return { outcome: 'retry', status: null, detail }
}

/** Connects to these addresses, whatever the name stands for by now. */
function pinned(addresses: readonly string[]): LookupFunction {
  const all = addresses.map(address => ({ address, family: ipaddr.parse(address).kind() === 'ipv4' ? 4 : 6 }))
  return (_hostname, options, callback) => {
    const [first] = all
    if (options.all || first === undefined) callback(null, all)
    else callback(null, first.address, first.family)
  }
}

/** The first bytes of an answer as text; reading it never fails. */
async function readStart(body: Readable): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  body.on('error', () => {})
  const late = setTimeout(() => body.destroy(), ANSWER_BODY_TIMEOUT_MS)
  try {
    for await (const chunk of body) {
      chunks.push(chunk as Buffer)
      size += (chunk as Buffer).length
      if (size >= MAX_ANSWER_BYTES) break
    }
  } catch {
    // The status has decided already.
  } finally {
    clearTimeout(late)
    body.destroy()
  }
  return Buffer.concat(chunks).subarray(0, MAX_ANSWER_BYTES).toString('utf8')
}

/** Codes of Node and undici in words; what else there is, its code alone: messages hold addresses. */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was cut',
  UND_ERR_SOCKET: 'the connection was cut',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  ETIMEDOUT: 'no answer in time',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
  UND_ERR_HEADERS_TIMEOUT: 'no answer in time',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by nobody who is trusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is signed by nobody who is trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is signed by nobody who is trusted',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is of another name',
}

function reasonOf(error: unknown): string {
  const [first] = error instanceof AggregateError ? error.errors : [error]
  const code = String((first as { code?: unknown } | undefined)?.code ?? 'unknown')
  return REASONS[code] ?? `the connection failed (${code})`
}

/** What a promise gives, or undefined once the signal aborts; the promise must not reject. */
async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  if (signal.aborted) return undefined
  const { promise: aborted, resolve } = Promise.withResolvers<undefined>()
  const onAbort = () => resolve(undefined)
  signal.addEventListener('abort', onAbort, { once: true })
  return await Promise.race([promise, aborted]).finally(() => signal.removeEventListener('abort', onAbort))
}
