import ipaddr from 'ipaddr.js'
import { IANAZone } from 'luxon'
import { type Fault, type Path, readCheckedYaml } from '../../platform/checked-yaml.ts'
import { nearestName } from '../../platform/nearest.ts'
import { type AlertingConfig, LOG_RECEIVER, type MuteTime, type Route } from './alerting-config.ts'
import { AlertingFile, DAYS, type MuteTimeEntry, type ReceiverEntry, type RouteEntry } from './alerting-file.ts'
import { durationMs } from './durations.ts'
import { DEFAULT_GROUP_INTERVAL_MS, DEFAULT_GROUP_WAIT_MS, DEFAULT_REPEAT_INTERVAL_MS } from './routes-of.ts'

/**
 * Reads the alerting file. Throws ALERTING_FILE_INVALID with all faults, one a line: file, line, where, what was expected. Secrets are
 * references and are not read here.
 */
export function readAlertingConfig(text: string, file: string): AlertingConfig {
  const read = readCheckedYaml(text, { file, schema: AlertingFile, code: 'ALERTING_FILE_INVALID' }, checkFile)
  const receivers = read.receivers ?? []
  const hasLog = receivers.some(({ name }) => name === LOG_RECEIVER)
  return {
    public_url: read.public_url?.replace(/\/+$/, '') ?? null,
    private_targets: read.private_targets ?? [],
    receivers: hasLog ? receivers : [...receivers, { name: LOG_RECEIVER, kind: 'log' }],
    routes: (read.routes ?? []).map(routeFrom),
    mute_times: (read.mute_times ?? []).map(muteTimeFrom),
    heartbeat: read.heartbeat ? { receiver: read.heartbeat.receiver, every_ms: durationMs(read.heartbeat.every) } : null,
    rules: read.rules ?? [],
    shipped_rules: read.shipped_rules ?? true,
  }
}

function routeFrom(entry: RouteEntry): Route {
  return {
    name: entry.name,
    match: Object.fromEntries(
      Object.entries(entry.match ?? {}).map(([label, given]) => [label, typeof given === 'string' ? [given] : given]),
    ),
    receivers: entry.receivers,
    group_by: entry.group_by ?? null,
    group_wait_ms: entry.group_wait === undefined ? DEFAULT_GROUP_WAIT_MS : durationMs(entry.group_wait),
    group_interval_ms: entry.group_interval === undefined ? DEFAULT_GROUP_INTERVAL_MS : durationMs(entry.group_interval),
    repeat_interval_ms: entry.repeat_interval === undefined ? DEFAULT_REPEAT_INTERVAL_MS : durationMs(entry.repeat_interval),
    escalate_after_ms: entry.escalate_after === undefined ? null : durationMs(entry.escalate_after),
    escalate_to: entry.escalate_to ?? [],
    continues: entry.continue ?? false,
    mute_times: entry.mute_times ?? [],
  }
}

function muteTimeFrom(entry: MuteTimeEntry): MuteTime {
  const minuteOf = (clock: string) => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3))
  return {
    name: entry.name,
    zone: entry.zone,
    days: (entry.days ?? DAYS).map(day => DAYS.indexOf(day) + 1),
    from_minute: minuteOf(entry.from),
    to_minute: minuteOf(entry.to),
  }
}

/** What hangs together across the file. */
function checkFile(file: AlertingFile, fault: Fault): void {
  const receivers = new Map((file.receivers ?? []).map(one => [one.name, one]))
  const names = [...receivers.keys(), LOG_RECEIVER]
  const known = (path: Path, name: string) => {
    if (!names.includes(name)) fault(path, `"${name}" is no receiver of this file${meant(name, names)}`)
  }
  unique('receivers', file.receivers ?? [], fault)
  unique('routes', file.routes ?? [], fault)
  for (const [index, receiver] of (file.receivers ?? []).entries()) checkReceiver(receiver, ['receivers', index], fault)
  const muteTimes = (file.mute_times ?? []).map(({ name }) => name)
  for (const [index, { zone }] of (file.mute_times ?? []).entries())
    if (!IANAZone.isValidZone(zone))
      fault(['mute_times', index, 'zone'], `"${zone}" is no IANA time zone, expected one such as Europe/Berlin`)
  for (const [index, route] of (file.routes ?? []).entries()) {
    const at = ['routes', index]
    for (const key of ['receivers', 'escalate_to'] as const)
      for (const [position, name] of (route[key] ?? []).entries()) {
        known([...at, key, position], name)
        checkTenant(route, receivers.get(name), [...at, key, position], fault)
      }
    for (const [position, name] of (route.mute_times ?? []).entries())
      if (!muteTimes.includes(name))
        fault([...at, 'mute_times', position], `"${name}" is no mute time of this file${meant(name, muteTimes)}`)
    if ((route.escalate_after === undefined) !== (route.escalate_to === undefined))
      fault(at, 'escalate_after and escalate_to go together: after how long, and to whom')
  }
  if (file.heartbeat) {
    known(['heartbeat', 'receiver'], file.heartbeat.receiver)
    const kind = receivers.get(file.heartbeat.receiver)?.kind
    if (kind === 'pagerduty' || kind === 'incident-io')
      fault(['heartbeat', 'receiver'], `a heartbeat would open an alert there each time, expected a receiver of another kind than ${kind}`)
    if (durationMs(file.heartbeat.every) < 10_000) fault(['heartbeat', 'every'], 'expected at least 10s')
  }
  for (const [index, target] of (file.private_targets ?? []).entries())
    if (!isTarget(target)) fault(['private_targets', index], `"${target}" is no host name, *.domain, address or CIDR`)
}

function checkReceiver(receiver: ReceiverEntry, at: Path, fault: Fault): void {
  if (receiver.name === LOG_RECEIVER && receiver.kind !== 'log')
    fault([...at, 'name'], '"log" is the name of the receiver that is always there')
  const isPlain = 'plain_http' in receiver && receiver.plain_http === true
  if (receiver.tenant !== undefined && isPlain) fault([...at, 'plain_http'], 'a receiver of a tenant is told over https alone')
  if (receiver.tenant !== undefined && (receiver.kind === 'log' || receiver.kind === 'email'))
    fault([...at, 'tenant'], `a receiver of kind ${receiver.kind} belongs to the platform; route a tenant's alerts to it by match`)
  if ('url' in receiver && receiver.url.startsWith('http:') && !isPlain)
    fault([...at, 'url'], 'expected an https address; plain_http: true allows http')
  if (receiver.kind === 'email' && (receiver.user === undefined) !== (receiver.password === undefined))
    fault(at, 'user and password go together')
}

/** A receiver of a tenant must not be told of others: each of its routes names that tenant alone. */
function checkTenant(route: RouteEntry, receiver: ReceiverEntry | undefined, at: Path, fault: Fault): void {
  if (receiver?.tenant === undefined) return
  const given = route.match?.['tenant_id']
  const tenants = typeof given === 'string' ? [given] : (given ?? [])
  if (tenants.length === 1 && tenants[0] === receiver.tenant && !receiver.tenant.includes('*')) return
  fault(at, `"${receiver.name}" belongs to the tenant ${receiver.tenant}: its route needs match: { tenant_id: ${receiver.tenant} }`)
}

function unique(key: string, entries: readonly { name: string }[], fault: Fault): void {
  const seen = new Set<string>()
  for (const [index, { name }] of entries.entries()) {
    if (seen.has(name)) fault([key, index, 'name'], `"${name}" is there twice`)
    seen.add(name)
  }
}

function meant(name: string, names: readonly string[]): string {
  const nearest = nearestName(name, names)
  return nearest === undefined ? `; there are ${names.join(', ') || 'none'}` : `; did you mean ${nearest}?`
}

function isTarget(target: string): boolean {
  if (target.includes('/')) return ipaddr.isValidCIDR(target)
  return ipaddr.isValid(target) || /^(\*\.)?[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?$/i.test(target)
}
