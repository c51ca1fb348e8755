import { AppError, messageOf } from '../../platform/errors.ts'
import type { AlertingConfig } from '../config/alerting-config.ts'
import type { ReceiverEntry } from '../config/alerting-file.ts'
import { buildAlertmanagerReceiver } from './alertmanager.ts'
import { buildAlertmanagerWebhookReceiver } from './alertmanager-webhook.ts'
import { buildEmailReceiver } from './email.ts'
import type { ReceiverDeps } from './http-receiver.ts'
import { buildIncidentIoReceiver } from './incident-io.ts'
import { buildLogReceiver } from './log.ts'
import { buildPagerDutyReceiver } from './pagerduty.ts'
import type { Receiver } from './receiver.ts'
import { buildSlackReceiver } from './slack.ts'
import { buildTeamsReceiver } from './teams.ts'
import { buildWebhookReceiver, signatureHeaders } from './webhook.ts'

/** What the receivers of a file need from outside: how names are looked up, the clock, the log, how secrets are read. */
export type ReceiversDeps = Omit<ReceiverDeps, 'publicUrl' | 'privateTargets'>

/** Looks every secret of the file up. Throws ALERTING_FILE_INVALID with all that are missing or are no keys; shows none. */
export function checkReceivers(config: AlertingConfig, deps: Pick<ReceiversDeps, 'readSecret'>): void {
  const faults = config.receivers.flatMap(entry => secretFaults(entry, deps))
  if (faults.length > 0) throw new AppError('ALERTING_FILE_INVALID', faults.join('\n'))
}

/** The receivers of the file by name. Opens nothing; throws as `checkReceivers` does. */
export function buildReceivers(config: AlertingConfig, deps: ReceiversDeps): ReadonlyMap<string, Receiver> {
  checkReceivers(config, deps)
  const all = { ...deps, publicUrl: config.public_url, privateTargets: config.private_targets }
  return new Map(config.receivers.map(entry => [entry.name, buildReceiver(entry, all)]))
}

function buildReceiver(entry: ReceiverEntry, deps: ReceiverDeps): Receiver {
  switch (entry.kind) {
    case 'webhook':
      return buildWebhookReceiver(entry, deps)
    case 'pagerduty':
      return buildPagerDutyReceiver(entry, deps)
    case 'slack':
      return buildSlackReceiver(entry, deps)
    case 'teams':
      return buildTeamsReceiver(entry, deps)
    case 'alertmanager':
      return buildAlertmanagerReceiver(entry, deps)
    case 'alertmanager-webhook':
      return buildAlertmanagerWebhookReceiver(entry, deps)
    case 'incident-io':
      return buildIncidentIoReceiver(entry, deps)
    case 'email':
      return buildEmailReceiver(entry, deps)
    case 'log':
      return buildLogReceiver(entry, deps)
  }
}

/** Looks every reference up once, so that a missing secret is told at start and not by a page that did not come. */
function secretFaults(entry: ReceiverEntry, { readSecret }: Pick<ReceiversDeps, 'readSecret'>): string[] {
  const references = Object.values(entry)
    .flat()
    .filter(value => typeof value === 'string' && /^(env|file):/.test(value)) as string[]
  const missing = references.flatMap(reference => faultOf(entry.name, () => readSecret(reference)))
  if (missing.length > 0 || entry.kind !== 'webhook') return missing
  return entry.secrets.flatMap(reference =>
    faultOf(`${entry.name}: ${reference}`, () => signatureHeaders('id', '', [readSecret(reference)], 0)),
  )
}

function faultOf(name: string, work: () => unknown): string[] {
  try {
    work()
    return []
  } catch (error) {
    return [`receiver ${name}: ${messageOf(error)}`]
  }
}
