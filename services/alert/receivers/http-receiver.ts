import { MINUTE } from '../../platform/clock.ts'
import type { Logger } from '../../platform/log.ts'
import type { ReceiverEntry, ReceiverKind } from '../config/alerting-file.ts'
import type { Notification } from '../notification.ts'
import { type Post, type PostDeps, post } from '../sending/post.ts'
import type { ReadSecret } from '../sending/secrets.ts'
import type { DeliveryOutcome, Receiver } from './receiver.ts'

/** A receiver of one kind as the file has it. */
export type EntryOf<K extends ReceiverKind> = Extract<ReceiverEntry, { kind: K }>

/** What receivers need from outside. */
export interface ReceiverDeps extends PostDeps {
  readonly readSecret: ReadSecret
  readonly logger: Pick<Logger, 'info' | 'warn'>
  /** Address of the console, for links; null: none. */
  readonly publicUrl: string | null
  /** What receivers of the platform may reach beside the public internet. */
  readonly privateTargets: readonly string[]
}

/** Writes a message; `secretOf` gives what a reference of the file stands for, or the text itself where it is an address. */
export type ComposePost = (notification: Notification, secretOf: (reference: string) => string) => Omit<Post, 'secrets'>

/** PagerDuty and Slack ask for minutes after a 429 without a Retry-After. */
const WAIT_AFTER_429_MS = MINUTE

/** Builds a receiver that is told by a POST. A secret that cannot be read, or is no key, is tried again: it may be put right meanwhile. */
export function buildHttpReceiver(
  entry: Exclude<ReceiverEntry, { kind: 'email' | 'log' }>,
  deps: ReceiverDeps,
  compose: ComposePost,
): Receiver {
  const config = {
    isOfTenant: entry.tenant !== undefined,
    allowsPlainHttp: 'plain_http' in entry && entry.plain_http === true,
    privateTargets: deps.privateTargets,
  }
  return {
    name: entry.name,
    kind: entry.kind,
    async send(notification, signal) {
      const secrets: string[] = []
      const secretOf = (reference: string) => {
        const secret = deps.readSecret(reference)
        secrets.push(secret)
        return secret
      }
      try {
        return patient(await post({ ...compose(notification, secretOf), secrets }, config, deps, signal))
      } catch {
        return { outcome: 'retry', status: null, detail: 'a secret or address of the receiver cannot be read or used' }
      }
    },
  }
}

function patient(outcome: DeliveryOutcome): DeliveryOutcome {
  return outcome.status === 429 && outcome.retryAfterMs === undefined ? { ...outcome, retryAfterMs: WAIT_AFTER_429_MS } : outcome
}
