/** Requests whose clients send again what failed: the same prompt by the same sender on the same route within a minute of its end. */

/** Requests of a sender by ten seconds that have the prompt of one before them. Those of others stand with an empty sender. */
export interface RepeatRow {
  readonly route: string
  readonly at_ms: number
  readonly tenant_id: string
  readonly api_key_id: string
  /** Requests with a prompt that can be told: its hash, or the size of its body. */
  readonly known: number
  readonly failed: number
  readonly answered: number
  /** Requests with the prompt of one that failed, or of one that was answered. */
  readonly after_failure: number
  readonly after_answer: number
}

/** Requests of a route that send again what failed, by ten seconds. */
export interface ResendSlot {
  readonly route: string
  readonly at_ms: number
  readonly resends: number
}

/** Who sends most again, and how much. */
export interface Resender {
  readonly tenant_id: string
  readonly api_key_id: string
  readonly resends: number
}

const sum = (rows: readonly RepeatRow[], of: (row: RepeatRow) => number) => rows.reduce((total, row) => total + of(row), 0)

/**
 * How much of what follows a failure with its prompt is sent for it: who asks the same again after an answer just as often would have asked
 * it anyway (1: nobody repeats what was answered). Of one sender's rows.
 */
function shareForFailure(rows: readonly RepeatRow[]): number {
  const afterFailure =
    sum(rows, row => row.after_failure) /
    Math.max(
      1,
      sum(rows, row => row.failed),
    )
  const afterAnswer =
    sum(rows, row => row.after_answer) /
    Math.max(
      1,
      sum(rows, row => row.answered),
    )
  return afterFailure === 0 ? 0 : Math.max(0, 1 - afterAnswer / afterFailure)
}

const bySender = (rows: readonly RepeatRow[]) =>
  [...Map.groupBy(rows, row => JSON.stringify([row.tenant_id, row.api_key_id])).values()].map(own => ({
    own,
    share: shareForFailure(own),
  }))

/** Requests of the route that send again what failed, by ten seconds. */
export function resendsOf(route: string, rows: readonly RepeatRow[]): ResendSlot[] {
  const slots = new Map<number, number>()
  for (const { own, share } of bySender(rows.filter(row => row.route === route))) {
    for (const { at_ms, after_failure } of own) slots.set(at_ms, (slots.get(at_ms) ?? 0) + share * after_failure)
  }
  return [...slots].map(([at_ms, resends]) => ({ route, at_ms, resends }))
}

/** Who sends most of what failed again on the route from one time to another; undefined: nobody does. */
export function resenderOf(route: string, rows: readonly RepeatRow[], { fromMs, toMs }: { fromMs: number; toMs: number }) {
  const within = rows.filter(row => row.route === route && row.at_ms >= fromMs && row.at_ms < toMs)
  const senders = bySender(within).map(({ own, share }): Resender => {
    const [{ tenant_id, api_key_id }] = own as [RepeatRow]
    return { tenant_id, api_key_id, resends: Math.round(share * sum(own, row => row.after_failure)) }
  })
  senders.sort((a, b) => b.resends - a.resends || (a.tenant_id < b.tenant_id ? -1 : 1))
  return senders.find(one => one.resends > 0)
}
