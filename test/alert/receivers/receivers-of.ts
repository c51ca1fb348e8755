import type { AlertingConfig } from '../../../services/alert/config/alerting-config.ts'
import { buildReceivers } from '../../../services/alert/receivers/build-receivers.ts'
import type { Receiver } from '../../../services/alert/receivers/receiver.ts'
import type { ResolveHost } from '../../../services/alert/sending/check-target.ts'
import { buildReadSecret } from '../../../services/alert/sending/secrets.ts'

/** A key of Standard Webhooks that tests sign with: 32 bytes that say so. */
export const fakeKey = (name: string) => `whsec_${Buffer.from(`fake-test-key-${name}`.padEnd(32, '-')).toString('base64')}`

/** Lines of the log that receivers wrote. */
export interface LoggedLine {
  readonly level: 'info' | 'warn'
  readonly fields: object
  readonly message: string
}

/** The receivers of a file, with an environment of the test, and names that resolve as it says. */
export function receiversOf(
  config: AlertingConfig,
  now: () => number,
  given: { environment?: Record<string, string>; resolve?: ResolveHost; logged?: LoggedLine[] } = {},
): ReadonlyMap<string, Receiver> {
  const log = (level: 'info' | 'warn') => (fields: object, message: string) => void given.logged?.push({ level, fields, message })
  return buildReceivers(config, {
    now,
    resolve: given.resolve ?? (() => Promise.reject(new Error('no name is looked up here'))),
    readSecret: buildReadSecret(given.environment ?? {}),
    logger: { info: log('info'), warn: log('warn') } as never,
  })
}
