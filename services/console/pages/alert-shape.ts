/** Alerts as the API lists them, as far as the console shows them. */

export interface Alert {
  readonly fingerprint: string
  readonly rule: string
  readonly rule_group: string
  readonly state: string
  readonly severity: string
  readonly tenant_id: string
  readonly labels: Readonly<Record<string, string>>
  readonly summary: string
  readonly description: string
  readonly since: string
  readonly group_key: string
  readonly acknowledged_by: string
}

export interface Silence {
  readonly id: string
  readonly matchers: Readonly<Record<string, string>>
  readonly from: string
  readonly until: string
  readonly author: string
  readonly comment: string
}

export interface Change {
  readonly summary: string
  readonly change: string
  readonly changed_at: string
}

export interface Delivery {
  readonly title: string
  readonly receiver: string
  readonly outcome: string
  readonly decided_at: string
}

const severities: readonly string[] = ['page', 'ticket', 'info']
const states: readonly string[] = ['firing', 'no_data', 'recovering', 'pending']

/** States in words. */
export const stateWords: Readonly<Record<string, string>> = {
  firing: 'fires',
  pending: 'holds, not long enough to fire,',
  recovering: 'held until lately, ',
  no_data: 'fired and cannot be judged any more, ',
}

/** Order of alerts: what fires first, the loudest of it first. */
export function loudness({ state, severity }: Pick<Alert, 'state' | 'severity'>): number {
  return states.indexOf(state) * severities.length + severities.indexOf(severity)
}
