import type { AppError } from '../../platform/errors.ts'
import { askAll } from '../ask-all.ts'
import type { AnswerDeps, Asked, Question } from '../question.ts'
import { explainVerdict } from '../verdict/explain-verdict.ts'
import { findStorms } from '../verdict/storms.ts'
import { readVerdictInputs } from '../verdict/verdict-question.ts'
import { buildCapsule, type Capsule } from './capsule.ts'
import { readCapsuleFacts } from './facts.ts'

/** Reads what happened in a period and makes its capsule. Rejects with the codes of the client. */
export async function makeCapsule(
  asked: Omit<Asked, 'parameters'>,
  deps: AnswerDeps & { onFault: (question: Question, fault: AppError) => void },
): Promise<Capsule> {
  const [facts, inputs] = await Promise.all([readCapsuleFacts(asked, deps), readVerdictInputs({ ...asked, parameters: {} }, deps)])
  const { findings } = explainVerdict(inputs, asked)
  const storms = findStorms(inputs.rows, inputs.repeats, asked.fromMs).filter(storm => storm.from_ms < asked.toMs)
  return buildCapsule(facts, { storms, findings }, { ...asked, answers: await askAll(asked, deps) })
}
