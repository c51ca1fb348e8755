import type { Answer } from '../../answers/answer.ts'

/** Findings printed at most; --format json has them all. */
const MOST_PRINTED = 20

/** An answer as text: the sentence, what was found, how sure it is and what is missing. */
export function renderAnswer(answer: Answer): string {
  const { findings, sample, missing, coverage } = answer
  const more = findings.length - MOST_PRINTED
  return [
    answer.sentence,
    ...findings
      .slice(0, MOST_PRINTED)
      .map(({ sentence, confidence }) => `  - ${sentence}${confidence === 'high' ? '' : ` (${confidence})`}`),
    ...(more > 0 ? [`  and ${more} more (--format json shows all)`] : []),
    '',
    `confidence: ${answer.confidence}; ${sample.requests} requests in ${sample.minutes} minutes${coverageText(coverage)}`,
    ...(missing.length > 0 ? [`missing: ${missing.join('; ')}`] : []),
    ...(answer.would_change === null ? [] : [`would change it: ${answer.would_change}`]),
    `from ${answer.from} to ${answer.to}, ${answer.settled_until === null ? 'nothing settled' : `settled until ${answer.settled_until}`}`,
  ].join('\n')
}

const coverageText = (coverage: number | null) => (coverage === null ? '' : `, ${Math.round(coverage * 100)} % of what happened seen`)
