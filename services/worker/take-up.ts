import type { ParkedMessage } from '../../schemas/parked-message.ts'
import { attemptsRaw, parkedMessages } from '../../schemas/tables.ts'
import { ACCESS_LOG_TOPIC } from '../../schemas/topics.ts'
import type { ClickHouse } from '../platform/clickhouse/client.ts'
import { readQuery } from '../platform/clickhouse/read-query.ts'
import { delay, MINUTE, type Now } from '../platform/clock.ts'
import type { Consumer, EventLog } from '../platform/event-log/port.ts'
import type { Logger } from '../platform/log.ts'
import { type FlushDeps, flushBatch } from './flush.ts'
import { buildGatherer } from './gather.ts'
import type { buildJudge } from './judge.ts'
import type { Packing } from './packing.ts'
import { recordOf, takenUp } from './parked-message.ts'
import { cellsFrom } from './raw-tables.ts'
import type { ParkedSources, SourceStanding } from './sources.ts'

/** What taking up needs; `judge` decodes, and may park a source again. */
export interface TakeUpDeps extends FlushDeps {
  clickhouse: Pick<ClickHouse, 'query' | 'insert' | 'insertBlocks'>
  eventLog: Pick<EventLog, 'append' | 'offsets'>
  consumer: Pick<Consumer, 'commit' | 'owns'>
  sources: ParkedSources
  judge: ReturnType<typeof buildJudge>
  packing: Packing
  logger: Pick<Logger, 'info' | 'warn'>
  now: Now
}

/** A message has at most 1 MB: about as much as a batch that is read. */
const PAGE_MESSAGES = 16
/** Another worker may keep messages aside for a moment after the source was resumed: for so long they are looked for at every look. */
const RECENT_MS = 10 * MINUTE
/** Otherwise at the first look, and at every so-manieth, for partitions that came from another worker. */
const LOOKS_BETWEEN = 60

const pageSql = readQuery(import.meta.url, 'parked-page')

/**
 * Looks every `intervalMs` which sources are parked, until `signal` aborts, and takes up what waits of those that are not any more:
 * decodes it as it would have been when it came, from the same position, and writes it. Each worker does so for the partitions that it
 * owns. Until all of a message is written it waits; written twice, its rows have one identity. A fault is logged and tried again at the
 * next look.
 */
export async function runTakeUp(config: { intervalMs: number; logEpoch: string }, deps: TakeUpDeps, signal: AbortSignal): Promise<void> {
  for (let look = 0; !signal.aborted; look++) {
    try {
      const standings = await deps.sources.refresh()
      deps.metrics.worker_parked_sources_count.set({}, deps.sources.names.length)
      if (look % LOOKS_BETWEEN === 0 ? standings.length > 0 : standings.some(one => isRecent(one, deps.now())))
        await takeUpAll(config.logEpoch, deps, signal)
    } catch (error) {
      if (!signal.aborted) deps.logger.warn({ err: error }, 'parked messages could not be looked for or taken up; it is tried again')
    }
    await delay(config.intervalMs, signal)
  }
}

function isRecent({ is_parked, changed_at }: SourceStanding, nowMs: number): boolean {
  return !is_parked && nowMs - Date.parse(changed_at) < RECENT_MS
}

async function takeUpAll(logEpoch: string, deps: TakeUpDeps, signal: AbortSignal): Promise<void> {
  for (const { partition } of await deps.eventLog.offsets(ACCESS_LOG_TOPIC)) {
    for (let fromOffset = 0; !signal.aborted && deps.consumer.owns(ACCESS_LOG_TOPIC, partition); ) {
      const at = { log_epoch: logEpoch, topic: ACCESS_LOG_TOPIC, partition, from_offset: fromOffset }
      const page = await deps.clickhouse.query<ParkedMessage>(pageSql, { ...at, parked: deps.sources.names, messages: PAGE_MESSAGES })
      const last = page.at(-1)
      if (last === undefined) break
      await takeUpPage(page, deps)
      fromOffset = last.offset + 1
    }
  }
}

async function takeUpPage(page: readonly ParkedMessage[], deps: TakeUpDeps): Promise<void> {
  const gatherer = buildGatherer(
    { maxRows: Number.POSITIVE_INFINITY, maxSizeBytes: Number.POSITIVE_INFINITY, maxAgeMs: MINUTE },
    deps.packing,
  )
  for (const message of page) await gatherer.add(recordOf(message), deps.judge)
  gatherer.close()
  const batch = await gatherer.take()
  if (batch === undefined) return
  // They were acknowledged when they were kept aside.
  batch.nextOffsets.clear()
  await deps.persist('parking of sources', () => deps.sources.save())
  await flushBatch(batch, deps)
  // Last: a message that is not marked is taken up again, one that is marked and not written would be lost.
  const again = new Set(batch.parked.map(({ offset }) => offset))
  const rows = page.filter(({ offset }) => !again.has(offset)).map(message => cellsFrom(parkedMessages, takenUp(message)))
  await deps.persist(`insert into ${parkedMessages.name}`, () => deps.clickhouse.insert(parkedMessages.name, parkedMessages.columns, rows))
  deps.logger.info(
    { messages: rows.length, rows: batch.attempts.length + batch.packed.rows, table: attemptsRaw.name },
    'parked messages were taken up',
  )
}
