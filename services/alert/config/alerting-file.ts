/** The alerting file (WEIR_ALERTS_FILE) as it is written: docs/alerting.md and the published JSON Schema come from here. */
import Type, { type Static } from 'typebox'

const NAME = '^[a-z][a-z0-9-]{0,62}$'
const name = (description: string) => Type.String({ pattern: NAME, description })
const words = (description: string) => Type.String({ minLength: 1, maxLength: 300, description })
const duration = (description: string) =>
  Type.String({ pattern: '^\\d{1,6}(ms|s|m|h|d)$', description: `a duration such as 5m: ${description}` })
const strict = { additionalProperties: false } as const

const REFERENCE = '(env:[A-Za-z_][A-Za-z0-9_]{0,127}|file:/.{1,500})'
/** Where a secret is found; a secret itself never stands in the file. */
const secret = (description: string) =>
  Type.String({ pattern: `^${REFERENCE}$`, writeOnly: true, description: `env:NAME or file:/path that holds ${description}` })
/** Some addresses are secrets: whoever knows one may post. */
const address = (description: string) =>
  Type.String({
    pattern: `^(https?://[^\\s@/?#]{1,300}([/?#]\\S{0,2000})?|${REFERENCE})$`,
    writeOnly: true,
    description: `${description}: https://…, env:NAME or file:/path`,
  })

const common = {
  name: name('its name: routes, deliveries and the log say it'),
  tenant: Type.Optional(words('tenant that it belongs to: it is told of that one alone, at an address of the public internet')),
}
const overHttp = {
  ...common,
  plain_http: Type.Optional(Type.Boolean({ description: 'true: http:// is allowed too; never for a receiver of a tenant' })),
}
const authorization = Type.Optional(secret('the value of the header Authorization, such as Bearer …'))
const kind = <const T extends string>(word: T) => Type.Literal(word)

/** A receiver, by its kind. */
export const ReceiverEntry = Type.Union([
  Type.Object(
    {
      ...overHttp,
      kind: kind('webhook'),
      url: address('where it is posted to'),
      secrets: Type.Array(secret('a key of Standard Webhooks (whsec_…)'), {
        minItems: 1,
        maxItems: 2,
        description: 'one key, two in turn',
      }),
    },
    { ...strict, description: 'JSON, signed as Standard Webhooks says; two keys while they rotate' },
  ),
  Type.Object(
    {
      ...common,
      kind: kind('pagerduty'),
      routing_key: secret('the integration key'),
      region: Type.Optional(Type.Unsafe<'us' | 'eu'>(Type.String({ enum: ['us', 'eu'], description: 'us (default) or eu' }))),
    },
    { ...strict, description: 'PagerDuty Events API v2' },
  ),
  Type.Object(
    { ...overHttp, kind: kind('slack'), url: secret('the address of an incoming webhook') },
    { ...strict, description: 'a Slack incoming webhook' },
  ),
  Type.Object(
    { ...overHttp, kind: kind('teams'), url: secret('the address of a Workflows webhook') },
    { ...strict, description: 'Microsoft Teams by a Workflows webhook' },
  ),
  Type.Object(
    {
      ...overHttp,
      kind: kind('alertmanager'),
      url: address('the address of Alertmanager, without /api/v2/alerts'),
      authorization,
      resend_every: Type.Optional(duration('how often firing alerts are told again; 1m unless told')),
    },
    { ...strict, description: 'Prometheus Alertmanager, API v2' },
  ),
  Type.Object(
    { ...overHttp, kind: kind('alertmanager-webhook'), url: address('where it is posted to'), authorization },
    { ...strict, description: 'for whatever understands the webhooks of Alertmanager (version 4)' },
  ),
  Type.Object(
    { ...overHttp, kind: kind('incident-io'), url: address('the address of the HTTP alert source'), token: secret('its token') },
    { ...strict, description: 'incident.io, an alert source of the kind HTTP' },
  ),
  Type.Object(
    {
      ...common,
      kind: kind('email'),
      host: words('the mail server'),
      port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535, description: '587 unless told; 465 speaks TLS from the start' })),
      plain_text_connection: Type.Optional(Type.Boolean({ description: 'true: without TLS where the server offers none' })),
      user: Type.Optional(secret('the user name')),
      password: Type.Optional(secret('the password')),
      from: words('sender, such as Weir <weir@example.com>'),
      to: Type.Array(words('a mail address'), { minItems: 1, maxItems: 50, description: 'a list of addresses' }),
    },
    { ...strict, description: 'e-mail over SMTP' },
  ),
  Type.Object({ ...common, kind: kind('log') }, { ...strict, description: 'one line of the log of the process a message' }),
])
export type ReceiverEntry = Static<typeof ReceiverEntry>
/** The kinds of receivers. */
export type ReceiverKind = ReceiverEntry['kind']

const oneOrMore = Type.Union([words('text'), Type.Array(words('text'), { minItems: 1, maxItems: 200 })], {
  description: 'text, or a list of which one has to fit; * stands for any characters (in quotes where it is digits)',
})

/** Which alerts go to whom. */
export const RouteEntry = Type.Object(
  {
    name: name('unique among all routes; state hangs on it'),
    match: Type.Optional(
      Type.Record(Type.String(), oneOrMore, {
        description: 'labels that have to fit, all of them; severity, owner, rule and tenant_id among them',
      }),
    ),
    receivers: Type.Array(name('name of a receiver'), { minItems: 1, maxItems: 20, description: 'names of receivers' }),
    group_by: Type.Optional(
      Type.Array(words('a label'), {
        maxItems: 10,
        description: 'labels by which alerts become one message; as the rules say unless told',
      }),
    ),
    group_wait: Type.Optional(duration('how long a first message waits for more alerts; 5s unless told')),
    group_interval: Type.Optional(duration('least time between two messages when alerts join or end; 5m unless told')),
    repeat_interval: Type.Optional(duration('how often what still fires is told again; 4h unless told')),
    escalate_after: Type.Optional(duration('how long a message may stay undelivered before the next are told')),
    escalate_to: Type.Optional(Type.Array(name('name of a receiver'), { minItems: 1, maxItems: 20, description: 'names of receivers' })),
    continue: Type.Optional(Type.Boolean({ description: 'true: later routes are looked at as well' })),
    mute_times: Type.Optional(Type.Array(name('name of a mute time'), { maxItems: 20, description: 'when it tells nobody' })),
  },
  { ...strict, description: 'the first route that fits decides' },
)
export type RouteEntry = Static<typeof RouteEntry>

/** The days of a week as they are written, Monday first. */
export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

/** A time of the week at which routes are silent. */
export const MuteTimeEntry = Type.Object(
  {
    name: name('its name; several of one name add up'),
    zone: words('IANA time zone, such as Europe/Berlin'),
    days: Type.Optional(
      Type.Array(Type.Unsafe<(typeof DAYS)[number]>(Type.String({ enum: [...DAYS] })), {
        minItems: 1,
        maxItems: 7,
        description: 'the days that it begins on, each one of mon, tue, wed, thu, fri, sat, sun; all unless told',
      }),
    ),
    from: Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$', description: 'first minute by the clock of the zone, such as 22:00' }),
    to: Type.String({
      pattern: '^(([01]\\d|2[0-3]):[0-5]\\d|24:00)$',
      description: 'the minute that it ends at, such as 06:00; not later than `from`: on the next day',
    }),
  },
  { ...strict, description: 'a time of the week by the clock on the wall' },
)
export type MuteTimeEntry = Static<typeof MuteTimeEntry>

/** The whole file. */
export const AlertingFile = Type.Object(
  {
    public_url: Type.Optional(
      Type.String({
        pattern: '^https?://[^\\s@]+$',
        maxLength: 500,
        description: 'address of the console that links of messages begin with',
      }),
    ),
    private_targets: Type.Optional(
      Type.Array(words('a host name, *.domain, address or CIDR'), {
        maxItems: 200,
        description: 'hosts, addresses and networks (10.0.0.0/8) that are not public and may be told; never by a receiver of a tenant',
      }),
    ),
    receivers: Type.Optional(Type.Array(ReceiverEntry, { maxItems: 500, description: 'who can be told' })),
    routes: Type.Optional(Type.Array(RouteEntry, { maxItems: 500, description: 'who is told of what, in order' })),
    mute_times: Type.Optional(Type.Array(MuteTimeEntry, { maxItems: 200, description: 'when routes are silent' })),
    heartbeat: Type.Optional(
      Type.Object(
        { receiver: name('name of a receiver'), every: duration('how often') },
        { ...strict, description: 'a message that says that alerting itself is well; whoever misses it pages by other means' },
      ),
    ),
    rules: Type.Optional(Type.Array(words('a path'), { maxItems: 100, description: 'files of rules; * stands for any characters' })),
    shipped_rules: Type.Optional(
      Type.Union([Type.Boolean(), Type.Array(name('name of a rule or group'), { maxItems: 200 })], {
        description: 'true (default): all that come with Weir; false: none; a list of names: these alone',
      }),
    ),
  },
  { ...strict, title: 'Alerting file of Weir', description: 'receivers, routes, mute times and files of rules' },
)
export type AlertingFile = Static<typeof AlertingFile>
