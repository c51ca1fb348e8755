import { cachesQuestion } from './caches/caches-question.ts'
import { egressQuestion } from './egress/egress-question.ts'
import { fairnessQuestion } from './fairness/fairness-question.ts'
import { gapsQuestion } from './gaps/gaps-question.ts'
import { goodputQuestion } from './goodput/goodput-question.ts'
import { moversQuestion } from './movers/movers-question.ts'
import type { Question } from './question.ts'
import { rolloutsQuestion } from './rollouts/rollouts-question.ts'
import { firstQuestion } from './saturation/first-question.ts'
import { knowingSilence } from './silence/knowing-silence.ts'
import { suspectsQuestion } from './suspects/suspects-question.ts'
import { unexpectedQuestion } from './unexpected/unexpected-question.ts'
import { verdictQuestion } from './verdict/verdict-question.ts'
import { whatifQuestion } from './whatif/whatif-question.ts'
import { whyQuestion } from './why/why-question.ts'

/** Every question, in the order of the index and of the help. A row here is an endpoint, a command and a part of docs/answers.md. */
export const questions: readonly Question[] = (
  [
    whyQuestion,
    verdictQuestion,
    egressQuestion,
    rolloutsQuestion,
    firstQuestion,
    fairnessQuestion,
    moversQuestion,
    unexpectedQuestion,
    suspectsQuestion,
    cachesQuestion,
    goodputQuestion,
    whatifQuestion,
    gapsQuestion,
  ] as const
).map(knowingSilence)
