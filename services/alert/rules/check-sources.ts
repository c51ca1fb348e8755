/** What a schema cannot say of rules: that what they read is there, and that their words name what it gives. */

import type { Fault, Path } from '../../platform/checked-yaml.ts'
import { nearestName } from '../../platform/nearest.ts'
import { questionOf } from '../signals/read-answer.ts'
import { namesIn, type Signal, signals } from '../signals/signals.ts'
import { isMoneyMeasure, views } from '../signals/views.ts'
import { FILTER_NAMES, placesOf } from './fill-template.ts'
import type { AnswerSource, Rule, SignalSource, ViewSource } from './rule.ts'

/** Names that every template can use beside labels and facts. */
const ALWAYS = ['value', 'sample', 'count', 'for_ms', 'sentence', 'severity', 'owner']
/** Facts that views give beside those of their own. */
const OF_VIEWS = ['over_ms', 'counted', 'tenants', 'tenants_total', 'currency']

/** Notes all that is wrong with a rule that fits its schema. */
export function checkRule(rule: Rule, path: Path, fault: Fault): void {
  if ((rule.above === undefined) === (rule.below === undefined)) fault(path, 'expected either above or below')
  const { above, below, recovers_at } = rule
  if (recovers_at !== undefined && ((above !== undefined && recovers_at > above) || (below !== undefined && recovers_at < below)))
    fault([...path, 'recovers_at'], 'lies on the firing side of the threshold: it would end before it began')
  const at = [...path, 'reads']
  const { reads } = rule
  const names =
    'view' in reads ? checkView(reads, at, fault) : 'answer' in reads ? checkAnswer(reads, at, fault) : checkSignal(reads, at, fault)
  if (names === undefined) return
  const known = [...names, ...ALWAYS, ...Object.keys(rule.labels ?? {})]
  for (const key of ['summary', 'description'] as const) {
    for (const { name, filter } of placesOf(rule[key])) {
      choose(name, known, `{{ ${name} }} is neither label nor fact of what the rule reads`, [...path, key], fault)
      if (filter !== undefined) choose(filter, FILTER_NAMES, `"${filter}" is no filter`, [...path, key], fault)
    }
    if (/\{\{(?!\s*[a-z][a-z0-9_]*\s*(\|\s*[a-z]+\s*)?\}\})/.test(rule[key]))
      fault([...path, key], 'a {{ place }} is not closed or misspelt')
  }
}

/** Names that words can use; undefined: the source is not there. */
function checkView(source: ViewSource, path: Path, fault: Fault): readonly string[] | undefined {
  const view = found(source.view, views, 'view', [...path, 'view'], fault)
  if (view === undefined) return undefined
  const [labels, measures] = [Object.keys(view.labels), Object.keys(view.measures)]
  for (const key of ['measure', 'per', 'sample'] as const) {
    const name = source[key]
    if (name !== undefined) choose(name, measures, `"${name}" is no measure of ${source.view}`, [...path, key], fault)
  }
  for (const [index, name] of source.by.entries())
    choose(name, labels, `"${name}" is no label of ${source.view}`, [...path, 'by', index], fault)
  for (const key of ['where', 'except'] as const)
    for (const name of Object.keys(source[key] ?? {}))
      choose(name, labels, `"${name}" is no label of ${source.view}`, [...path, key, name], fault)
  const isOneCurrency = source.by.includes('currency') || typeof source.where?.['currency'] === 'string'
  if (isMoneyMeasure(view, source.measure) && !isOneCurrency && (source.per === undefined || !isMoneyMeasure(view, source.per)))
    fault([...path, 'measure'], 'is an amount: add currency to by, or choose one by where')
  return [...labels, ...view.facts, ...OF_VIEWS, ...checkAlso(source, path, fault)]
}

/** Names that figures of the other view have in words. */
function checkAlso({ also, by }: ViewSource, path: Path, fault: Fault): readonly string[] {
  if (also === undefined) return []
  const at = [...path, 'also']
  const other = found(also.view, views, 'view', [...at, 'view'], fault)
  if (other === undefined) return Object.keys(also.facts)
  for (const [own, its] of Object.entries(also.on)) {
    choose(own, by, `"${own}" is no label of this rule`, [...at, 'on', own], fault)
    choose(its, Object.keys(other.labels), `"${its}" is no label of ${also.view}`, [...at, 'on', own], fault)
  }
  for (const [fact, measure] of Object.entries(also.facts))
    choose(measure, Object.keys(other.measures), `"${measure}" is no measure of ${also.view}`, [...at, 'facts', fact], fault)
  return Object.keys(also.facts)
}

function checkAnswer(source: AnswerSource, path: Path, fault: Fault): readonly string[] | undefined {
  const question = questionOf(source)
  if (question === undefined) {
    fault([...path, 'answer'], `"${source.answer}" is no question`)
    return undefined
  }
  const properties = question.finding.properties as Readonly<Record<string, FieldSchema>>
  const fields = Object.keys(properties)
  const nested = Object.entries(properties).flatMap(([name, schema]) => partsOf(schema).map(part => `${name}_${part}`))
  const places: [string, Path, readonly string[]][] = [
    [source.value, [...path, 'value'], fields],
    ...source.by.map((name, index): [string, Path, string[]] => [name, [...path, 'by', index], [...fields, ...nested]]),
    ...Object.keys(source.where ?? {}).map((name): [string, Path, string[]] => [name, [...path, 'where', name], fields]),
  ]
  if (source.sample !== undefined) places.push([source.sample, [...path, 'sample'], fields])
  for (const [name, at, known] of places) choose(name, known, `"${name}" is no field of a finding of ${source.answer}`, at, fault)
  return [...fields, ...nested]
}

interface FieldSchema {
  readonly properties?: object
  readonly anyOf?: readonly { readonly properties?: object }[]
}

/** Names of what is nested in a field, also where it may be null. */
function partsOf({ properties, anyOf = [] }: FieldSchema): string[] {
  return [properties, ...anyOf.map(one => one.properties)].flatMap(one => Object.keys(one ?? {}))
}

function checkSignal(source: SignalSource, path: Path, fault: Fault): readonly string[] | undefined {
  const signal = found(source.signal, signals, 'signal', [...path, 'signal'], fault)
  if (signal === undefined) return undefined
  if (source.over !== undefined && signal.overMs === null) fault([...path, 'over'], `${source.signal} has no period`)
  checkParameters(source, signal, [...path, 'parameters'], fault)
  const view = views[String(source.parameters?.['view'])]
  return [...signal.labels, ...signal.facts, ...(view ? [...Object.keys(view.labels), ...view.facts, ...OF_VIEWS] : [])]
}

function checkParameters({ signal: of, parameters = {} }: SignalSource, signal: Signal, path: Path, fault: Fault): void {
  for (const [name, value] of Object.entries(parameters)) {
    const known = signal.parameters[name]
    if (known === undefined) {
      choose(name, Object.keys(signal.parameters), `"${name}" is no parameter of ${of}`, [...path, name], fault)
      continue
    }
    if ((known.type === 'number') !== (typeof value === 'number')) fault([...path, name], `expected ${known.type}: ${known.description}`)
    else if (known.oneOf && !known.oneOf.includes(String(value))) fault([...path, name], `expected one of ${known.oneOf.join(', ')}`)
  }
  for (const [name, { isNeeded, description }] of Object.entries(signal.parameters))
    if (isNeeded && parameters[name] === undefined) fault(path, `${name} is missing: ${description}`)
  if (signal.parameters['view'] === undefined) {
    for (const name of namesIn(parameters['by'] ?? ''))
      choose(name, signal.labels, `"${name}" is no label of ${of}`, [...path, 'by'], fault)
    return
  }
  const view = found(String(parameters['view']), views, 'view', [...path, 'view'], fault)
  if (view === undefined) return
  for (const key of ['measure', 'per'] as const) {
    const name = parameters[key]
    if (name !== undefined) choose(String(name), Object.keys(view.measures), `"${name}" is no measure`, [...path, key], fault)
  }
  for (const name of namesIn(parameters['by'] ?? ''))
    choose(name, Object.keys(view.labels), `"${name}" is no label of ${parameters['view']}`, [...path, 'by'], fault)
}

function found<T>(name: string, known: Readonly<Record<string, T>>, what: string, path: Path, fault: Fault): T | undefined {
  choose(name, Object.keys(known), `"${name}" is no ${what}`, path, fault)
  return Object.hasOwn(known, name) ? known[name] : undefined
}

/** Notes a name that is not known, with the nearest that is. */
function choose(name: string, known: readonly string[], words: string, path: Path, fault: Fault): void {
  if (known.includes(name)) return
  const nearest = nearestName(name, known)
  fault(path, `${words}; ${nearest === undefined ? `known are ${known.join(', ')}` : `did you mean ${nearest}?`}`)
}
