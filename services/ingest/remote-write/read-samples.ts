import { readExposition } from '../../../schemas/metrics/read-exposition.ts'
import { groupReadings, type ReadingGroup } from '../../../schemas/metrics/readings/reading.ts'
import type { NewRecord } from '../../platform/event-log/port.ts'
import { MAX_MESSAGE_BYTES, NEWEST_READING_MS, OLDEST_READING_MS } from '../config.ts'
import { expositionRecord } from '../exposition.ts'
import { buildMessages } from '../publish.ts'
import { readWrite, type WriteContent, type WriteVersion } from './read-write.ts'

/** A body of a remote write request, decompressed. `nowMs`: against what its times are judged. */
export interface WriteBody {
  body: Uint8Array
  version: WriteVersion
  source: string | undefined
  /** Pools that it may be of; undefined: any. */
  pools: readonly string[] | undefined
  nowMs: number
}

/** What is appended of a request, and what is in it. `accepted` and `notRead` count values that some table names, and that none does. */
export interface SamplesRead extends Omit<WriteContent, 'readings'> {
  records: readonly NewRecord[]
  accepted: number
  notRead: number
}

/** Reads a body into expositions for the event log, one of each target and time. Throws NotReadable when it is no such request. */
export function readSamples({ body, version, source, pools, nowMs }: WriteBody): SamplesRead {
  const { readings, ...content } = readWrite(body, version, { fromMs: nowMs - OLDEST_READING_MS, untilMs: nowMs + NEWEST_READING_MS })
  const { groups, conflicts } = groupReadings(readings)
  content.rejectedSamples += conflicts
  if (conflicts > 0) content.fault ??= 'a series has two values for one time; the first was taken'
  const records: NewRecord[] = []
  const counts = { accepted: 0, notRead: 0 }
  for (const group of groups) {
    if (pools !== undefined && !pools.includes(group.pool)) {
      content.rejectedSamples += group.readings
      content.fault ??= `the token may not send metrics of the pool "${group.pool}" ("pools" in the tokens file)`
      continue
    }
    const read = readExposition(group.text, { ...group, sampledAtMs: group.atMs })
    const isRead = read.samples.length + read.gateways.length + read.gpus.length > 0
    if (isRead) for (const record of recordsOf(group, source)) records.push(record)
    counts[isRead ? 'accepted' : 'notRead'] += group.readings
  }
  return { ...content, ...counts, records }
}

/** A target with very many series gives several messages of the same time; each holds whole lines. */
function recordsOf(group: ReadingGroup, source: string | undefined): NewRecord[] {
  const gathered = buildMessages(MAX_MESSAGE_BYTES)
  for (const line of group.text.trimEnd().split('\n')) gathered.add(Buffer.from(line))
  const { pool, engine, endpoint, region, atMs } = group
  const facts = {
    pool,
    engine: engine || undefined,
    endpoint: endpoint || undefined,
    model: undefined,
    region: region || undefined,
    source,
    readAtMs: atMs,
  }
  return gathered.messages().map(text => expositionRecord(text, undefined, facts))
}
