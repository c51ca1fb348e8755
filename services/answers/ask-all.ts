import { AppError } from '../platform/errors.ts'
import type { Answer } from './answer.ts'
import type { AnswerDeps, Asked, Question } from './question.ts'
import { questions } from './questions.ts'

/**
 * Asks every question of a period, one after the other, each with its own parameters left to their defaults. A question that cannot be
 * asked (its fault is the product's own) is left out and named by `onFault`: the others are answered.
 */
export async function askAll(
  asked: Omit<Asked, 'parameters'>,
  deps: AnswerDeps & { onFault: (question: Question, fault: AppError) => void },
): Promise<Answer[]> {
  const answers: Answer[] = []
  for (const question of questions) {
    try {
      answers.push(await question.ask({ ...asked, parameters: {} }, deps))
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      deps.onFault(question, error)
    }
  }
  return answers
}

/** Longest sentence of a headline, characters. */
const MOST_CHARACTERS = 320

/** Sentences of the answers that are worth telling unasked, in the order of the answers, at most `most`. */
export function standsOut(answers: readonly Answer[], most = 5): string[] {
  return answers
    .filter(({ confidence, is_calm }) => confidence !== 'cannot tell' && !is_calm)
    .slice(0, most)
    .map(({ sentence }) => (sentence.length > MOST_CHARACTERS ? `${sentence.slice(0, MOST_CHARACTERS).trimEnd()}…` : sentence))
}
