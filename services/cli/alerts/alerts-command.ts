import { randomUUID } from 'node:crypto'
import { tellAlerts } from '../../../schemas/alert-commands.ts'
import { durationMs, durationText } from '../../alert/config/durations.ts'
import { readAlerting } from '../../alert/config/watch-alerting.ts'
import { testMessage } from '../../alert/outbox/answer-tests.ts'
import { buildReceivers } from '../../alert/receivers/build-receivers.ts'
import { resolveHost } from '../../alert/sending/post.ts'
import { buildReadSecret } from '../../alert/sending/secrets.ts'
import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { buildLogger } from '../../platform/log.ts'
import { ArgumentError, type Command, type CommandContext, choiceOf, type Given, type SubCommand, textOf } from '../command.ts'
import { FORMAT_OPTION, renderRows } from '../print.ts'
import { exportAlerts } from './export-command.ts'
import { testRules } from './test-command.ts'

const nowSql = readQuery(import.meta.url, 'alerts-now')
const AUTHOR = { author: { value: 'NAME', does: 'who asks (needed): whoever looks later reads it' } } as const

const list: SubCommand = {
  does: 'shows what fires or is about to, the loudest first',
  options: FORMAT_OPTION,
  async run(given, { print, note, now, openClickHouse }) {
    const format = choiceOf(given, 'format', ['text', 'json'])
    await using clickhouse = await openClickHouse()
    note(`reading ${clickhouse.place}`)
    const rows = await clickhouse.query<{ severity: string; state: string; since_ms: number; summary: string; group_key: string }>(
      nowSql,
      {},
    )
    if (rows.length === 0) note('nothing fires')
    const shown = rows.map(({ severity, state, since_ms, summary, group_key }) => {
      return { severity, state, for: durationText(Math.max(0, now() - Number(since_ms))), summary, group: group_key }
    })
    print(renderRows(format === 'json' ? rows : shown, format))
    return 0
  },
}

const silence: SubCommand = {
  takes: 'LABEL=VALUE…',
  positionals: [1, 10],
  does: 'keeps alerts with these labels from being told of for a while; rule is a label, * stands for any text',
  options: {
    ...AUTHOR,
    for: { value: 'DURATION', does: 'how long: 30m, 4h, 2d (needed, at most 90d)' },
    comment: { value: 'TEXT', does: 'why (needed)' },
  },
  async run(given, context) {
    const [author, comment] = [needed(given, 'author'), needed(given, 'comment')]
    const lengthMs = durationMs(needed(given, 'for'))
    if (!(lengthMs > 0 && lengthMs <= durationMs('90d')))
      throw new ArgumentError(`--for ${textOf(given, 'for')} is none of 30m, 4h, 2d … 90d`)
    const matchers = Object.fromEntries(given.positionals.map(matcherOf))
    const [id, fromMs] = [randomUUID(), context.now()]
    const value = { id, matchers, from_ms: fromMs, until_ms: fromMs + lengthMs, author, comment }
    await tell(context, { kind: 'silence', id, value })
    context.print(`${id} is silent until ${new Date(fromMs + lengthMs).toISOString()}`)
    context.note(`to end it before: weir alerts end-silence ${id}`)
    return 0
  },
}

const endSilence: SubCommand = {
  takes: 'ID',
  positionals: [1, 1],
  does: 'ends a silence; what still fires is told of again',
  async run(given, context) {
    const [id = ''] = given.positionals
    await tell(context, { kind: 'silence', id, value: undefined })
    context.print(`${id} is ended`)
    return 0
  },
}

const ack: SubCommand = {
  takes: 'GROUP',
  positionals: [1, 1],
  does: 'takes a group of alerts on: no repeats until it ends or grows louder (weir alerts list names groups)',
  options: { ...AUTHOR, comment: { value: 'TEXT', does: 'what is being done' } },
  async run(given, context) {
    const [group_key = ''] = given.positionals
    const [author, comment] = [needed(given, 'author'), textOf(given, 'comment')]
    await tell(context, { kind: 'ack', id: group_key, value: { group_key, author, at_ms: context.now(), ...(comment && { comment }) } })
    context.print(`${group_key} is ${author}'s`)
    return 0
  },
}

const sendTest: SubCommand = {
  takes: 'RECEIVER',
  positionals: [1, 1],
  does: 'sends a marked test to a receiver of the alerting file, from here, and says what it answered',
  options: { ...AUTHOR, file: { value: 'FILE', does: 'the alerting file (default WEIR_ALERTS_FILE)' } },
  async run(given, { settings, now, print, note }) {
    const config = await readAlerting(textOf(given, 'file') ?? settings.files.alerts)
    const logger = buildLogger({ service: 'alert', level: 'info' })
    const receivers = buildReceivers(config, { now, logger, readSecret: buildReadSecret(), resolve: resolveHost })
    const [name = ''] = given.positionals
    const receiver = receivers.get(name)
    if (receiver === undefined) throw new ArgumentError(`${name} is no receiver of the file; it has ${[...receivers.keys()].join(', ')}`)
    const message = testMessage(randomUUID(), textOf(given, 'author') ?? 'weir alerts send-test', now())
    const { outcome, status, detail } = await receiver.send(message, AbortSignal.timeout(30_000))
    print(`${name} (${receiver.kind}): ${outcome}${status === null ? '' : `, status ${status}`}${detail === '' ? '' : `, ${detail}`}`)
    if (outcome !== 'delivered') note('docs/alerting.md says what each kind of receiver needs')
    return outcome === 'delivered' ? 0 : 1
  },
}

async function tell({ openClickHouse, openEventLog }: CommandContext, command: Parameters<typeof tellAlerts>[0]): Promise<void> {
  await using clickhouse = await openClickHouse()
  await using eventLog = await openEventLog(clickhouse)
  await tellAlerts(command, eventLog)
}

function needed(given: Given, option: string): string {
  const text = textOf(given, option)
  if (text === undefined) throw new ArgumentError(`--${option} is needed`)
  return text
}

function matcherOf(text: string): [string, string] {
  const [, name, value] = /^([a-z][a-z0-9_]*)=(.+)$/s.exec(text) ?? []
  if (name === undefined || value === undefined) throw new ArgumentError(`${text} is no LABEL=VALUE, such as rule=provider-unhealthy`)
  return [name, value]
}

/** `weir alerts`: what fires, silences, and trying receivers. */
export const alertsCommand: Command = {
  name: 'alerts',
  does: 'Alerts: what fires now, silences, who took it on, and tests of receivers.',
  seeAlso: 'docs/alerting.md: rules, receivers, routes.',
  subCommands: { '': list, list, silence, 'end-silence': endSilence, ack, 'send-test': sendTest, test: testRules, export: exportAlerts },
}
