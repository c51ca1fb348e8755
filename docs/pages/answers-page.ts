/** docs/answers.md: every question, how it is asked, what a finding says and how it is found. Written from services/answers. */
import type { TObject, TSchema } from 'typebox'
import { CONFIDENCES } from '../../services/answers/answer.ts'
import type { Question } from '../../services/answers/question.ts'
import { questions } from '../../services/answers/questions.ts'
import { table } from './markdown.ts'

/** The whole page. */
export function answersPage(): string {
  return `${[HEAD, table(['ask', 'answers'], questions.map(asked)), GRAMMAR, ...questions.map(section)].join('\n\n')}\n`
}

const HEAD = `# Answers

Written from the code by \`node bin/write-docs.mjs\`; do not edit.

Questions that Weir answers from settled figures, each with its evidence, its sample and how sure it is. Ask with a command
(\`--format json\` for all of it, \`--from\`, \`--to\` or \`--since 6h\` for the period) or over HTTP; both give the same answer.`

const GRAMMAR = `## What every answer has

A sentence; its findings, the most important first, each with its own sentence, figures and confidence; the sample (requests and
minutes); coverage: the share of what happened that could be seen; what is missing; the least change that would turn it; and how far
the figures are settled. What is not worth telling unasked is marked is_calm.

Confidence is one of ${CONFIDENCES.join(', ')}. High: the interval is clear of the threshold by as much as its half-width and at least
95 % of what happened was seen. Medium: clear of it. Low: not clear, but at least 80 % of the
evidence is on one side. Otherwise nobody can tell.

Every answer is made of what came. A sender that sent in nine of ten minutes and then nothing for two minutes or more, in which at least
20 attempts are usual, is told as missing, from when to when. What it would have sent is not in the coverage, and an answer is no surer
than that allows: below 95 % of all seen at most medium, below 80 % low, below 50 % nobody can tell. Senders are looked at
over the last hour of the period. These thresholds are ours. Scored on 2026-11-28 on seeds never tuned on (10,200 to 10,211,
\`npm run bench -- answers missing-data\`): a gateway that fell silent is named by 15 of 15 answers, none of which is sure; half of the
scrapes and all of them are named in 9 of 9; with everything seen nothing is called missing in 15 of 15.`

const asked = ({ name, summary }: Question) => [`\`weir ${name}\`, \`GET /v1/answers/${name}\``, summary]

function section(question: Question): string {
  const { name, summary, description, method, parameters, finding, isForOperators } = question
  const whom = isForOperators ? '\n\nFor operators only: it tells of all tenants.' : ''
  const own = fields(parameters)
  return [
    `## ${name}\n\n**${summary}** ${description}${whom}`,
    ...(own.length > 0 ? [`Asked with:\n\n${table(['parameter', 'what it says'], own)}`] : []),
    `A finding:\n\n${table(['field', 'what it says'], fields(finding))}`,
    `### How\n\n${method}`,
  ].join('\n\n')
}

const fields = (schema: TObject) =>
  Object.entries<TSchema & { description?: string }>(schema.properties).map(([name, { description }]) => [`\`${name}\``, description ?? ''])
