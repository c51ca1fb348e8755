import type { FastifyInstance, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { Value } from 'typebox/value'
import { type Answer, answerSchema } from '../../answers/answer.ts'
import type { EgressPolicy } from '../../answers/egress/egress-policy.ts'
import type { Question } from '../../answers/question.ts'
import { questions } from '../../answers/questions.ts'
import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import type { Now } from '../../platform/clock.ts'
import { AppError } from '../../platform/errors.ts'
import { about, filterParameter, periodParameters, problems } from '../http/openapi.ts'
import { parseQuestion, type RawParameters } from '../http/parameters.ts'
import { limitedClickHouse, type ReadLimits } from '../http/read-limits.ts'
import { type Reader, type ReaderOf, scopeOf } from '../http/readers.ts'

/** What answers are made with. */
export interface AnswersDeps {
  clickhouse: ClickHouse
  now: Now
  limits: ReadLimits
  egressPolicy?: EgressPolicy | undefined
}

const pathOf = ({ name }: Question) => `/v1/answers/${name}`

/** Path and summary of every question, for the index. */
export const answerEndpoints: readonly { path: string; summary: string }[] = questions.map(question => ({
  path: pathOf(question),
  summary: question.summary,
}))

/** Adds an endpoint for each question. */
export function registerAnswers(app: FastifyInstance, deps: AnswersDeps & { readerOf: ReaderOf }): void {
  for (const question of questions) {
    const querystring = Type.Object({ ...periodParameters, tenant_id: filterParameter('tenant_id'), ...question.parameters.properties })
    const schema = { ...about(question), tags: ['answers'], querystring, response: { 200: answerSchema(question.finding), ...problems } }
    app.get(pathOf(question), { schema }, async (request: FastifyRequest) => {
      return await answerQuestion(question, request.query as RawParameters, deps.readerOf(request.headers.authorization), deps)
    })
  }
}

/** Answers one question of a reader. Throws API_REQUEST_INVALID, API_FORBIDDEN and what queries within limits reject with. */
export async function answerQuestion(question: Question, raw: RawParameters, reader: Reader, deps: AnswersDeps): Promise<Answer> {
  if (question.isForOperators && reader.role !== 'operator') {
    throw new AppError('API_FORBIDDEN', `${pathOf(question)} tells of all tenants: it is for operators`)
  }
  const own = Object.keys(question.parameters.properties)
  const parsed = parseQuestion(
    raw,
    { path: pathOf(question), filters: ['tenant_id', ...own], defaultLimit: 1, maxLimit: 1, defaultPeriodMs: question.defaultPeriodMs },
    deps.now,
  )
  const scope = scopeOf(reader, parsed.filters['tenant_id'])
  const parameters = parametersOf(question, raw)
  const asked = { ...parsed.period, nowMs: deps.now(), scope, parameters }
  return await question.ask(asked, { clickhouse: limitedClickHouse(deps), egressPolicy: deps.egressPolicy })
}

/** The question's own parameters, as its schema has them. */
function parametersOf(question: Question, raw: RawParameters): unknown {
  const given = Object.fromEntries(Object.keys(question.parameters.properties).flatMap(name => (name in raw ? [[name, raw[name]]] : [])))
  const converted = Value.Convert(question.parameters, given)
  if (Value.Check(question.parameters, converted)) return converted
  const faults = Value.Errors(question.parameters, converted).map(({ instancePath, message }) => `${instancePath.slice(1)} ${message}`)
  throw new AppError('API_REQUEST_INVALID', faults.join('; '))
}
