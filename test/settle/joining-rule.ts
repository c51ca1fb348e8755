import type { AttemptRow } from '../../schemas/attempt.ts'
import { MINUTE } from '../../services/platform/clock.ts'

/** How far the attempts of a request may lie apart. */
export const JOIN_MS = 15 * MINUTE

/** What rows come to, summed over their windows. */
export interface Totals {
  requests: number
  answered: number
  attempts: number
  tokens: number
  /** Of attempts that gave no answer, or not the final one. */
  wasted: number
  left_out: number
  raw_rows: number
}

const endOf = (row: AttemptRow): number => row.started_at + (row.duration_ms ?? 0)

/**
 * The joining rule in words, row by row. Answers divide the attempts of an identity: what starts after one was given (5 ms are forgiven,
 * and an answer divides nothing before its own start) is another request, unless it took longer than the joining distance. Then heads,
 * what belongs to them, of each attempt identity in a request the first row identity, and of answering attempts the one that ended last.
 */
export function truthOf(rows: readonly AttemptRow[]): Omit<Totals, 'raw_rows'> {
  const counted: AttemptRow[] = []
  const finals: AttemptRow[] = []
  let requests = 0
  for (const same of Map.groupBy(rows, row => row.request_id).values()) {
    const answers = same
      .filter(row => row.outcome === 'ok' && row.duration_ms !== null && row.duration_ms <= JOIN_MS)
      .map(row => Math.max(endOf(row) - 5, row.started_at + 1))
    const part = (row: AttemptRow) => answers.filter(atMs => atMs <= row.started_at).length
    for (const together of Map.groupBy(same, part).values()) {
      const isHead = (row: AttemptRow) =>
        !together.some(other => other.started_at < row.started_at && other.started_at >= row.started_at - JOIN_MS)
      const startOf = (row: AttemptRow) =>
        together.find(head => isHead(head) && head.started_at <= row.started_at && row.started_at - head.started_at <= JOIN_MS)
          ?.started_at ?? row.started_at
      for (const one of Map.groupBy(together, startOf).values()) {
        requests++
        const kept = [...Map.groupBy(one, row => row.attempt_key).values()].map(claims =>
          claims.reduce((first, row) => (row.offset < first.offset ? row : first)),
        )
        counted.push(...kept)
        const answering = kept.filter(row => row.outcome === 'ok')
        const order = (row: AttemptRow) => [endOf(row), row.attempt_no, row.started_at, row.offset]
        const isLater = (a: AttemptRow, b: AttemptRow) => {
          const at = order(a).findIndex((value, index) => value !== order(b)[index])
          return at >= 0 && Number(order(a)[at]) > Number(order(b)[at])
        }
        if (answering.length > 0) finals.push(answering.reduce((last, row) => (isLater(row, last) ? row : last)))
      }
    }
  }
  const tokensOf = (some: readonly AttemptRow[]) => some.reduce((sum, row) => sum + row.input_tokens, 0)
  return {
    requests,
    answered: finals.length,
    attempts: counted.length,
    tokens: tokensOf(counted),
    wasted: tokensOf(counted) - tokensOf(finals),
    left_out: rows.length - counted.length,
  }
}
