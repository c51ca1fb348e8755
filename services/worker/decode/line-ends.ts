import type { LineState } from './line.ts'
import type { EndStep } from './steps.ts'

/** How a line can end: as rows, skipped, as a dead letter, or for now in a parked message. */
export type LineOutcome = 'rows' | 'skipped' | 'dead_letter' | 'parked'

/** How many lines ended in one way. `reason` is the error code of a dead letter, why a line was skipped, or ''. */
export interface LineEnd {
  step: EndStep
  outcome: LineOutcome
  reason: string
  count: number
}

/** Adds to the counts; each way stands in them once. */
export function addEnd(ends: LineEnd[], { step, outcome, reason, count }: LineEnd): void {
  const known = ends.find(one => one.step === step && one.outcome === outcome && one.reason === reason)
  if (known === undefined) ends.push({ step, outcome, reason, count })
  else known.count += count
}

/** How the lines of a message ended. */
export function lineEndsOf(lines: readonly LineState[]): LineEnd[] {
  const ends: LineEnd[] = []
  let last: LineEnd = { step: 'place_rows', outcome: 'rows', reason: '', count: 0 }
  for (const { endedIn, fault, skip } of lines) {
    const outcome = fault !== undefined ? 'dead_letter' : skip !== undefined ? 'skipped' : 'rows'
    const reason = fault?.code ?? skip ?? ''
    if (last.step !== endedIn || last.outcome !== outcome || last.reason !== reason) {
      addEnd(ends, last)
      last = { step: endedIn as EndStep, outcome, reason, count: 0 }
    }
    last.count += 1
  }
  addEnd(ends, last)
  return ends.filter(({ count }) => count > 0)
}
