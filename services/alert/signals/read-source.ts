import type { Readings } from '../reading.ts'
import type { RuleSource } from '../rules/rule.ts'
import { readAnswer } from './read-answer.ts'
import { readView } from './read-view.ts'
import { nothingKnown, type ReadAt, type SignalDeps } from './signal-deps.ts'
import { readSignal } from './signals.ts'

/**
 * What a rule sees at this moment. Views and answers are read where settling has come to, never at the clock; nothing is known where
 * nothing is settled. Rejects with the codes of the client.
 */
export async function readSource(source: RuleSource, at: ReadAt, deps: SignalDeps): Promise<Readings> {
  if ('signal' in source) return readSignal(source, at, deps)
  const { nowMs, settledUntilMs } = at
  if (settledUntilMs === null) return nothingKnown(null)
  return 'view' in source ? readView(source, settledUntilMs, deps) : readAnswer(source, { nowMs, settledUntilMs }, deps)
}
