import type { ReceiverEntry } from './alerting-file.ts'

/** The name of the receiver that is always there: a line of the log. What no route takes goes to it. */
export const LOG_RECEIVER = 'log'

/** A route as it is applied: names are known to exist, durations are ms. */
export interface Route {
  readonly name: string
  /** Patterns by label, `*` for any characters: one of them has to fit, of every label. */
  readonly match: Readonly<Record<string, readonly string[]>>
  readonly receivers: readonly string[]
  /** null: as the group of rules says. */
  readonly group_by: readonly string[] | null
  readonly group_wait_ms: number
  readonly group_interval_ms: number
  readonly repeat_interval_ms: number
  /** How long a message may stay undelivered before `escalate_to` is told; null: nobody else is. */
  readonly escalate_after_ms: number | null
  readonly escalate_to: readonly string[]
  readonly continues: boolean
  readonly mute_times: readonly string[]
}

/** A time of the week by the clock of a zone. Days are ISO numbers (1 Monday to 7 Sunday), times minutes of the day. */
export interface MuteTime {
  readonly name: string
  readonly zone: string
  readonly days: readonly number[]
  readonly from_minute: number
  /** At or below `from_minute`: on the next day. */
  readonly to_minute: number
}

/** What the alerting file says, checked. */
export interface AlertingConfig {
  /** Without a slash at its end; null: messages have no links. */
  readonly public_url: string | null
  /** Hosts, `*.domain`, addresses and CIDRs that are not public and may be told by receivers that belong to no tenant. */
  readonly private_targets: readonly string[]
  readonly receivers: readonly ReceiverEntry[]
  readonly routes: readonly Route[]
  readonly mute_times: readonly MuteTime[]
  readonly heartbeat: { readonly receiver: string; readonly every_ms: number } | null
  /** Paths and patterns of files of rules, as written. */
  readonly rules: readonly string[]
  /** true: all, false: none, else these rules and groups. */
  readonly shipped_rules: boolean | readonly string[]
}

/** Without a file: every rule that Weir brings, told in a line of the log. */
export const DEFAULT_ALERTING: AlertingConfig = {
  public_url: null,
  private_targets: [],
  receivers: [{ name: LOG_RECEIVER, kind: 'log' }],
  routes: [],
  mute_times: [],
  heartbeat: null,
  rules: [],
  shipped_rules: true,
}
