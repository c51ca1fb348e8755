/** The part of docs/alerting.md about the alerting file: receivers, routes, mute times, how messages are delivered. */
import { AlertingFile, MuteTimeEntry, ReceiverEntry, RouteEntry } from '../../services/alert/config/alerting-file.ts'
import { MOST_NAMED } from '../../services/alert/message/message-parts.ts'
import { ALERTMANAGER_WEBHOOK_BYTES } from '../../services/alert/receivers/alertmanager-webhook.ts'
import { INCIDENT_IO_BYTES } from '../../services/alert/receivers/incident-io.ts'
import { PAGERDUTY_BYTES } from '../../services/alert/receivers/pagerduty.ts'
import { TEAMS_UNITS } from '../../services/alert/receivers/teams.ts'
import { WEBHOOK_BYTES } from '../../services/alert/receivers/webhook.ts'
import { TENANT_PORTS } from '../../services/alert/sending/check-target.ts'
import { POST_TIMEOUT_MS } from '../../services/alert/sending/post.ts'
import { table } from './markdown.ts'

/** What the tables are made of. */
interface Facts {
  readonly description?: string
  readonly properties?: Readonly<Record<string, Facts>>
  readonly required?: readonly string[]
  readonly const?: unknown
}

/** The JSON Schema of the alerting file, for editors. */
export function alertingFileSchema(): string {
  return `${JSON.stringify({ $schema: 'https://json-schema.org/draft/2020-12/schema', ...AlertingFile }, null, 2)}\n`
}

/** The sections. */
export function receivingSections(): string[] {
  return [
    '## The alerting file',
    `[alerting-file.schema.json](alerting-file.schema.json) is its JSON Schema. Durations are \`30s\`, \`5m\`, \`4h\`, \`3d\`. A
secret never stands in the file: \`env:NAME\` names an environment variable, \`file:/path\` a file that is read anew for each
message.`,
    `\`\`\`yaml\n${EXAMPLE_FILE}\`\`\``,
    keysOf(AlertingFile as unknown as Facts),
    ...receiverSections(),
    '### Routes',
    ROUTES,
    keysOf(RouteEntry as unknown as Facts),
    '### Mute times',
    MUTE_TIMES,
    keysOf(MuteTimeEntry as unknown as Facts),
    ...deliverySections(),
  ]
}

function receiverSections(): string[] {
  const kinds = (ReceiverEntry as unknown as { anyOf: readonly Facts[] }).anyOf
  const rows = kinds.map(kind => [`\`${String(kind.properties?.['kind']?.const)}\``, kind.description ?? '', ownKeys(kind)])
  return [
    '### Receivers',
    `\`log\` is always there: what no route takes goes to it. Every receiver has a \`name\` and a \`kind\`; \`plain_http: true\` lets one
over HTTP be told without TLS. One with \`tenant\` belongs to that tenant: only routes that match its \`tenant_id\` alone may name it, it is
told over https on port ${TENANT_PORTS.join(' or ')}, and its host has to be on the public internet.`,
    table(['kind', 'what it is', 'keys'], rows),
    LIMITS,
  ]
}

function ownKeys({ properties = {}, required = [] }: Facts): string {
  return Object.entries(properties)
    .filter(([key]) => !['name', 'kind', 'tenant', 'plain_http'].includes(key))
    .map(([key, { description }]) => `\`${key}\`${required.includes(key) ? '' : ' (optional)'}: ${description ?? ''}`)
    .join('; ')
}

function keysOf({ properties = {}, required = [] }: Facts): string {
  const rows = Object.entries(properties).map(([key, { description = '' }]) => [
    `\`${key}\``,
    required.includes(key) ? 'yes' : '',
    description,
  ])
  return table(['key', 'needed', 'what it holds'], rows)
}

/** An example that uses everything; a test reads it. */
export const EXAMPLE_FILE = `public_url: https://weir.example.com
private_targets: [alertmanager.monitoring.svc, 10.20.0.0/16]
receivers:
  - { name: on-call, kind: pagerduty, routing_key: "env:PAGERDUTY_KEY" }
  - { name: platform, kind: slack, url: "env:SLACK_PLATFORM_URL" }
  - { name: finance, kind: email, host: smtp.example.com, user: "env:SMTP_USER", password: "file:/run/secrets/smtp",
      from: Weir <weir@example.com>, to: [finance@example.com] }
  - { name: alertmanager, kind: alertmanager, url: "http://alertmanager.monitoring.svc:9093", plain_http: true }
  - { name: acme, kind: webhook, tenant: acme, url: "https://hooks.acme.example/weir", secrets: ["env:ACME_NEW_KEY", "env:ACME_OLD_KEY"] }
routes:
  - { name: acme, match: { tenant_id: acme, rule: "budget-*" }, receivers: [acme], continue: true }
  - { name: finance, match: { owner: finance }, receivers: [finance], repeat_interval: 1d }
  - { name: pages, match: { severity: page }, receivers: [on-call, platform], escalate_after: 5m, escalate_to: [finance] }
  - { name: tickets, match: { severity: ticket }, receivers: [platform], group_interval: 15m, mute_times: [nights] }
  - { name: rest, receivers: [alertmanager] }
mute_times:
  - { name: nights, zone: Europe/Berlin, from: "20:00", to: "08:00" }
heartbeat: { receiver: platform, every: 1h }
rules: ["/etc/weir/rules/*.yaml"]
`

const LIMITS = `Bodies stay within the limits that receivers document: of too many alerts the first are sent, the rest is counted.

${table(
  ['kind', 'limit'],
  [
    [
      '`webhook`',
      `${WEBHOOK_BYTES.toLocaleString('en')} bytes; \`type\` is weir.alert.firing, .resolved, .test or .heartbeat, \`data\` the message`,
    ],
    [
      '`pagerduty`',
      `${PAGERDUTY_BYTES.toLocaleString('en')} bytes; page is critical, ticket warning, info info; \`dedup_key\` stays while a group fires`,
    ],
    ['`slack`', 'header 150 characters, section 3,000, 50 blocks; names stand in plain text, in which nothing is a mention'],
    ['`teams`', `${TEAMS_UNITS.toLocaleString('en')} UTF-16 units, which Teams counts as 28 kB`],
    ['`alertmanager-webhook`', `${ALERTMANAGER_WEBHOOK_BYTES.toLocaleString('en')} bytes; \`version\` 4`],
    ['`incident-io`', `${INCIDENT_IO_BYTES.toLocaleString('en')} bytes`],
    ['`alertmanager`', 'none; an alert ends by itself after four missed tellings'],
    ['`email`', 'none; mails of a group are one thread'],
  ],
)}

A message begins with a title of at most 150 characters that suffices on a watch; then the likely cause with its evidence, what was
done already and what to do first; up to ${MOST_NAMED} names and a count of the others; a small chart; figures with sample,
threshold and how far they are settled; the runbook and links.`

const ROUTES = `The first route whose \`match\` fits decides; with \`continue: true\` later ones are looked at as well.
\`match\` names labels of the alert, \`severity\`, \`owner\`, \`rule\` and \`tenant_id\` among them; all have to fit, of a list one
value; \`*\` stands for any characters; a label that an alert does not have is empty text. \`escalate_to\` is told as well when a
message stays undelivered for \`escalate_after\`.`

const MUTE_TIMES = `A route with \`mute_times\` tells nobody while one of them holds. They follow the clock on the wall of
their zone, so the days on which clocks change move nothing. A time that ends at or before its beginning ends on the next day, and
belongs to the day that it begins on.`

function deliverySections(): string[] {
  return [
    '### Delivery',
    `A message is written down before it is sent, and sent at least once: every copy and every retry has the same id (\`webhook-id\`,
\`dedup_key\`, \`Message-ID\`). A try over HTTP takes at most ${POST_TIMEOUT_MS / 1_000} s.`,
    table(
      ['answer', 'what follows'],
      [
        ['2xx', 'delivered'],
        [
          '408, 425, 429, 5xx; no connection, no answer in time, a certificate that is not valid',
          'tried again, after `Retry-After` where it is given',
        ],
        ['410', 'the receiver takes no message any more'],
        ['any 3xx', 'refused: no redirect is followed'],
        ['any other 4xx; an address that may not be reached', 'refused'],
        ['SMTP 4yz; a login or TLS that fails', 'tried again'],
        ['any other SMTP 5yz', 'refused'],
      ],
    ),
    `Every address that a host name stands for is checked for each try, and the connection goes to a checked one. Only addresses of
the public internet are reached, but for hosts, addresses and networks in \`private_targets\`, which count for receivers of the
platform alone. Mail servers are the operator's and not checked. At most 4 KB of an answer are read; a line of it is kept in the
delivery log, of a tenant's receiver nothing but the status.`,
  ]
}
