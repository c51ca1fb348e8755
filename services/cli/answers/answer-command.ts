import Type, { type TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { openEgressPolicy } from '../../answers/egress/egress-policy.ts'
import type { Asked, Question } from '../../answers/question.ts'
import { ArgumentError, type Command, choiceOf, type Given, type OptionSpec, type SubCommand, textOf } from '../command.ts'
import { FORMAT_OPTION } from '../print.ts'
import { periodOf, periodOptions } from './period-options.ts'
import { renderAnswer } from './render-answer.ts'

/** `weir <question>`: asks it of the settled figures and prints the answer. */
export function answerCommand(question: Question): Command {
  const ask: SubCommand = {
    does: question.description,
    options: { ...periodOptions, ...ownOptions(question), ...FORMAT_OPTION },
    async run(given, { print, note, now, openClickHouse, settings }) {
      const format = choiceOf(given, 'format', ['text', 'json'])
      const asked = askedOf(question, given, now())
      await using clickhouse = await openClickHouse()
      note(`reading ${clickhouse.place}`)
      const answer = await question.ask(asked, { clickhouse, egressPolicy: await openEgressPolicy(settings.files.egress) })
      print(format === 'json' ? JSON.stringify(answer, null, 1) : renderAnswer(answer))
      return 0
    },
  }
  return {
    name: question.name,
    does: question.summary,
    seeAlso: 'docs/answers.md says how it is answered.',
    subCommands: { '': ask },
  }
}

/** Options of a question's own parameters: their names with dashes. */
function ownOptions(question: Question): Record<string, OptionSpec> {
  return Object.fromEntries(
    Object.entries<TSchema & { description?: string }>(question.parameters.properties).map(([name, schema]) => [
      optionName(name),
      { ...(Type.IsBoolean(schema) ? {} : { value: valueName(schema) }), does: schema.description ?? '' },
    ]),
  )
}

const optionName = (parameter: string) => parameter.replaceAll('_', '-')

function valueName(schema: TSchema): string {
  if (Type.IsUnion(schema) && schema.anyOf.every(one => Type.IsLiteral(one))) return schema.anyOf.map(one => String(one.const)).join('|')
  return Type.IsNumber(schema) || Type.IsInteger(schema) ? 'NUMBER' : 'TEXT'
}

function askedOf(question: Question, given: Given, nowMs: number): Asked {
  return { ...periodOf(given, { nowMs, defaultMs: question.defaultPeriodMs }), nowMs, parameters: parametersOf(question, given) }
}

function parametersOf(question: Question, given: Given): unknown {
  const names = Object.keys(question.parameters.properties)
  const texts = Object.fromEntries(
    names.flatMap(name => {
      const value = given.values[optionName(name)] === true ? true : textOf(given, optionName(name))
      return value === undefined ? [] : [[name, value]]
    }),
  )
  const parameters = Value.Convert(question.parameters, texts)
  if (Value.Check(question.parameters, parameters)) return parameters
  const [fault] = Value.Errors(question.parameters, parameters)
  throw new ArgumentError(`--${optionName(fault?.instancePath.slice(1) ?? '')} ${fault?.message}`)
}
