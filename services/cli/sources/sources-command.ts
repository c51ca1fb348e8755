import { changeSource, listSources, type SourceState } from '../../worker/sources.ts'
import { ArgumentError, type Command, choiceOf, type Given, type SubCommand, textOf } from '../command.ts'
import { FORMAT_OPTION, renderRows } from '../print.ts'

/** Of a reason in a table; `--format json` has it whole. */
const SHOWN_REASON = 120
const REASON_OPTION = { reason: { value: 'TEXT', does: 'why, for whoever looks later' } } as const

const list: SubCommand = {
  does: 'shows the sources that are or were parked, why, and what waits of each',
  options: FORMAT_OPTION,
  async run(given, { print, note, openClickHouse }) {
    const format = choiceOf(given, 'format', ['text', 'json'])
    await using clickhouse = await openClickHouse()
    note(`reading ${clickhouse.place}`)
    const rows = await listSources(clickhouse)
    if (rows.length === 0) note('no source was ever parked')
    else if (rows.some(row => row.is_parked))
      note('mend the sender or describe its lines (docs/sending.md), then: weir sources resume SOURCE')
    print(
      format === 'json'
        ? renderRows(
            rows.map(row => ({ ...row })),
            format,
          )
        : renderRows(rows.map(shortRow), format),
    )
    return 0
  },
}

function shortRow({ source, is_parked, changed_at, messages, lines, oldest_received_at, reason }: SourceState) {
  const state = is_parked ? 'parked' : messages > 0 ? 'being taken up' : 'open'
  const why = reason.length > SHOWN_REASON ? `${reason.slice(0, SHOWN_REASON)}…` : reason
  return { source, state, since: changed_at, messages, lines, oldest: oldest_received_at, reason: why }
}

const resume: SubCommand = {
  takes: 'SOURCE',
  positionals: [1, 1],
  does: 'takes a parked source up again: workers read what waits, and what it sends from now on',
  options: REASON_OPTION,
  async run(given, { print, note, now, openClickHouse }) {
    const source = sourceOf(given)
    await using clickhouse = await openClickHouse()
    const state = (await listSources(clickhouse)).find(one => one.source === source)
    if (state === undefined || !state.is_parked) {
      note(`${JSON.stringify(source)} is not parked: weir sources list names those that are`)
      return 1
    }
    await changeSource({ source, isParked: false, reason: textOf(given, 'reason') ?? 'resumed' }, { clickhouse, now })
    print(`${source}: ${state.messages} messages with ${state.lines} lines are taken up within seconds, by the workers that run`)
    return 0
  },
}

const park: SubCommand = {
  takes: 'SOURCE',
  positionals: [1, 1],
  does: 'parks a source: its messages are kept aside, whole, until it is resumed',
  options: REASON_OPTION,
  async run(given, { print, now, openClickHouse }) {
    const source = sourceOf(given)
    await using clickhouse = await openClickHouse()
    await changeSource({ source, isParked: true, reason: textOf(given, 'reason') ?? 'parked by a person' }, { clickhouse, now })
    print(`${source} is parked`)
    return 0
  },
}

function sourceOf({ positionals: [source] }: Given): string {
  if (source === undefined) throw new ArgumentError('name the source')
  return source
}

/** `weir sources`: sources that are parked. */
export const sourcesCommand: Command = {
  name: 'sources',
  does: 'Sources of which too many lines were refused: what they send is kept aside, whole, until they are taken up again.',
  seeAlso: 'docs/sending.md says when a source is parked, and under which name: SOURCE, TOKEN/SOURCE, or TOKEN/* for all of a sender.',
  subCommands: { list, resume, park },
}
