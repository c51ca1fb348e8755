import { userInfo } from 'node:os'
import { topics, WINDOW_SETTLED_TOPIC, WINDOW_TOUCHED_TOPIC } from '../../../schemas/topics.ts'
import type { WindowTouched } from '../../../schemas/window-events.ts'
import type { EventLog } from '../../platform/event-log/port.ts'
import { openPriceBookStore } from '../../settle/price-book-store.ts'
import { findUnsettled } from '../../settle/reconcile.ts'
import { type RefusedWindow, type SettleOutcome, settleWindows } from '../../settle/settle-windows.ts'
import { ArgumentError, type SubCommand, textOf } from '../command.ts'
import { renderRows } from '../print.ts'
import { minuteText, SPAN_OPTIONS, spanOf } from './span.ts'

/** `weir windows republish`: minutes of which raw rows are gone, from the rows that are left. */
export const republish: SubCommand = {
  does:
    'publishes minutes of which raw rows are gone anew, from the rows that are left: figures become smaller, closed statements get ' +
    'corrections. Shows them first',
  options: {
    ...SPAN_OPTIONS,
    reason: { value: 'TEXT', does: 'why the rows may be missing from the figures; needed' },
    by: { value: 'NAME', does: 'whose word it is (default: the user of this machine)' },
    yes: { does: 'publishes them; without it they are only shown' },
  },
  async run(given, context) {
    const { now, note, print } = context
    const reason = textOf(given, 'reason')?.trim() ?? ''
    if (reason === '') throw new ArgumentError('--reason is needed: figures become smaller than they were published')
    const span = spanOf(given, now())
    await using clickhouse = await context.openClickHouse()
    note(`with ${clickhouse.place}`)
    const { fewer } = await findUnsettled(span, clickhouse)
    const deps = { clickhouse, prices: await openPriceBookStore({}, { clickhouse }), now }
    // Without a person's word nothing of them is published: this only counts.
    const { refused } = await settleWindows(fewer, deps)
    print(renderRows(refused.map(shown), 'text'))
    if (refused.length === 0 || given.values['yes'] !== true) {
      if (refused.length > 0) note('a preview: nothing was published; --yes publishes them')
      return 0
    }
    const starts = refused.map(({ window_start_ms }) => window_start_ms)
    const outcome = await settleWindows(starts, deps, { allowsFewerRows: true })
    const word = [now(), textOf(given, 'by') ?? userInfo().username, reason] as const
    await clickhouse.insert(
      'republished_windows',
      ['window_start', 'republished_at', 'republished_by', 'reason', 'rows_before', 'rows_now'],
      refused.map(one => [one.window_start_ms / 1000, ...word, one.rows_before, one.rows_now]),
    )
    await using eventLog = await context.openEventLog(clickhouse)
    await announce(outcome, eventLog, now())
    note(`${outcome.settled.length} minute(s) are published anew; weir windows history keeps whose word it was`)
    return 0
  },
}

function shown({ window_start_ms, rows_before, rows_now }: RefusedWindow) {
  return { minute: minuteText(window_start_ms), rows_before, rows_now, gone: rows_before - rows_now }
}

/** Tells those who read settled windows, and asks for the windows that depend on them. */
async function announce({ settled, dependents }: SettleOutcome, eventLog: EventLog, nowMs: number): Promise<void> {
  await eventLog.createTopics(topics)
  await eventLog.append(
    WINDOW_SETTLED_TOPIC,
    settled.map(event => ({ key: String(event.window_start_ms), value: Buffer.from(JSON.stringify(event)) })),
  )
  if (dependents.length === 0) return
  const touch = { cause: 'dependency', rows: 0, oldest_received_at_ms: nowMs } as const
  await eventLog.append(
    WINDOW_TOUCHED_TOPIC,
    dependents.map(window_start_ms => {
      const touched: WindowTouched = { window_start_ms, ...touch }
      return { key: String(window_start_ms), value: Buffer.from(JSON.stringify(touched)) }
    }),
  )
}
