import { KV_FULL, type Learned, learnedOf } from './learned-pace.ts'
import type { PoolMinute } from './pool-minute.ts'

/** What can bind: room in the KV cache, prompts to prefill, places for running requests, or a queue that grows whatever the reason. */
export const BOUNDS = ['kv', 'prefill', 'slots', 'queue'] as const
export type Bound = (typeof BOUNDS)[number]

/** Work arriving over work that can be done, by bound; null: its signals are missing. 1: waiting grows without end from here on. */
export interface MinuteIndex {
  readonly at_ms: number
  readonly parts: Readonly<Record<Bound, number | null>>
  /** The largest part; null: none is known. */
  readonly index: number | null
  readonly bound: Bound | null
  /** Requests that arrived in the minute; what chance makes of the index hangs on their number. */
  readonly arrivals: number | null
  /** A queue stands, and is longer at the end of the minute than at its start. */
  readonly isQueueGrowing: boolean
}

/** Minutes that sizes and speeds are learned from. */
const LEARNED = 12
/** A queue is one from so many requests, and so many seconds of service, on: fewer come and go with every long prompt. */
const LEAST_QUEUE = { requests: 5, waitS: 6 }
/** A queue that ends a minute so much shorter than it was in it drains again. */
const STILL_GROWING = 0.9
/** A hundred times too much and more is told as that. */
const MOST = 100

/** The index of each minute of one pool and model, from that minute and those before it. `rows`: in order of time. */
export function minuteIndexes(rows: readonly PoolMinute[]): MinuteIndex[] {
  return rows.map((_, index) => minuteIndex(rows.slice(Math.max(0, index + 1 - LEARNED), index + 1)))
}

/** Of the last of `rows`. */
function minuteIndex(rows: readonly PoolMinute[]): MinuteIndex {
  const last = rows.at(-1) as PoolMinute
  const flow = flowOf(rows)
  const learned = learnedOf(rows)
  const perEngine = flow.arrived === null ? null : flow.arrived / last.engines
  const parts = {
    kv: bounded(placesPart(learned, perEngine, learned.placesInCache) ?? kvLevel(last)),
    prefill: bounded(product(perEngine, learned.prefillS)),
    slots: bounded(placesPart(learned, perEngine, last.running_limit ? last.running_limit / last.engines : null)),
    queue: bounded(flowOf(rows.slice(0, -1)).isGrowing ? queuePart(flow) : null),
  }
  let bound: Bound | null = null
  for (const name of BOUNDS) if ((parts[name] ?? -1) > (bound === null ? -1 : (parts[bound] ?? -1))) bound = name
  return {
    at_ms: last.at_ms,
    parts,
    index: bound === null ? null : parts[bound],
    bound,
    arrivals: flow.arrived === null ? null : 60 * flow.arrived,
    isQueueGrowing: flow.isGrowing,
  }
}

/** Readings that make no sense make no index. */
const bounded = (part: number | null) => (part === null || Number.isNaN(part) ? null : Math.min(part, MOST))
const product = (a: number | null, b: number | null) => (a === null || b === null ? null : a * b)

/** Requests a second. `arrived`: begun, and what the queue grew by. */
interface Flow {
  readonly begun: number | null
  readonly arrived: number | null
  readonly isGrowing: boolean
}

function flowOf(rows: readonly PoolMinute[]): Flow {
  const [before, last] = [rows.at(-2), rows.at(-1)]
  if (last === undefined) return { begun: null, arrived: null, isGrowing: false }
  const count = last.first_tokens ?? last.requests_finished
  const begun = count === null ? null : count / 60
  const [length, lengthBefore] = [waitingAtEnd(last), before === undefined ? null : waitingAtEnd(before)]
  const isNext = before !== undefined && last.at_ms - before.at_ms <= 90_000
  const growth = length === null || lengthBefore === null || !isNext ? 0 : (length - lengthBefore) / 60
  const isLong = length !== null && length >= LEAST_QUEUE.requests && length >= LEAST_QUEUE.waitS * (begun ?? 0)
  return {
    begun,
    arrived: begun === null ? null : Math.max(0, begun + growth),
    isGrowing: isLong && growth > 0 && length >= STILL_GROWING * (last.waiting_max ?? length),
  }
}

const waitingAtEnd = (row: PoolMinute) => row.waiting_last ?? row.waiting

/**
 * Little's law at the bound: requests arriving at an engine times the time that each holds its place there when all places are taken, over
 * the places.
 */
function placesPart({ residenceS }: Learned, perEngine: number | null, places: number | null): number | null {
  return places === null || perEngine === null || residenceS === null ? null : (perEngine * residenceS(places)) / places
}

/** Where rates are missing: how full it is. */
const kvLevel = ({ kv_cache_use_ratio: use }: PoolMinute) => (use === null ? null : use / KV_FULL)

/** Arriving over begun while a queue stands and grows for the second minute: what is begun then is the capacity. Null: no such queue. */
function queuePart({ begun, arrived, isGrowing }: Flow): number | null {
  return !isGrowing || begun === null || arrived === null || begun === 0 ? null : Math.max(1, arrived / begun)
}
