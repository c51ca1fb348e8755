import { HOUR, type Now } from '../../platform/clock.ts'
import { AppError } from '../../platform/errors.ts'
import { type Cursor, fingerprint, parseCursor } from './cursor.ts'
import { lastHour, MAX_PERIOD_MS, MAX_STEPS, type Period, parseRelativeTime, parseStep, parseTime } from './period.ts'

/** Query parameters as the HTTP server gives them. */
export type RawParameters = Readonly<Record<string, string | readonly string[] | undefined>>

/** What an endpoint lets its readers ask. */
export interface Askable {
  /** Path, part of a cursor's fingerprint. */
  path: string
  /** Columns that `group_by` may name, in their order in rows. Absent: the endpoint has no groups, steps or pages. */
  dimensions?: readonly string[]
  /** Parameters that choose rows by exact value. */
  filters: readonly string[]
  defaultLimit: number
  maxLimit: number
  /** Length of the period unless told, ms; an hour where it is absent. */
  defaultPeriodMs?: number
  /** Pages without groups: `cursor` may be given, of this many keys. */
  cursorKeys?: number
  /** Without groups and pages `step` may be given all the same. */
  hasSteps?: boolean
  /** Values of `format`, the first unless told; json alone where it is absent. */
  formats?: readonly [string, ...string[]]
}

/** A well-formed question. `groupBy` is in the endpoint's order; `filters` has only the given ones. */
export interface Question {
  period: Period
  stepMs: number | undefined
  groupBy: readonly string[]
  filters: Readonly<Record<string, readonly string[]>>
  limit: number
  fingerprint: string
  after: readonly string[] | undefined
  format: string
}

const TIME_EXPECTED =
  'an ISO 8601 time with zone between 1971 and 2099, such as 2026-01-31T09:00:00Z, or one counted from now, such as now-6h'
const STEP_EXPECTED =
  'a duration of whole minutes, such as 1m, 5m, 1h, 1d, 1w or PT15M (months and years have no fixed length), of at most 400 days'
const MAX_FILTER_VALUES = 100
const MAX_VALUE_LENGTH = 4096

/** Reads the parameters of a question. Throws API_REQUEST_INVALID that names every faulty parameter and what was expected. */
export function parseQuestion(raw: RawParameters, askable: Askable, now: Now): Question {
  const faults: string[] = []
  const single = <T>(name: string, parse: (text: string) => T | undefined, expected: string): T | undefined => {
    const given = raw[name]
    if (given === undefined) return undefined
    const value = typeof given === 'string' ? parse(given) : undefined
    if (value === undefined) faults.push(`${name} is ${shown(given)}, expected ${typeof given === 'string' ? expected : 'one value'}`)
    return value
  }
  faults.push(...unknownFaults(raw, askable))
  const formats = askable.formats ?? ['json']
  const format = single('format', text => formats.find(one => one === text), formats.join(' or ')) ?? formats[0]
  const limit = single('limit', text => integerIn(text, 1, askable.maxLimit), `an integer from 1 to ${askable.maxLimit}`)
  const time = (text: string) => parseRelativeTime(text, now) ?? parseTime(text)
  const fromMs = single('from', time, TIME_EXPECTED)
  const toMs = single('to', time, TIME_EXPECTED)
  const stepMs = single('step', parseStep, STEP_EXPECTED)
  const dimensions = askable.dimensions ?? []
  const groupBy =
    single('group_by', text => parseGroups(text, dimensions), `a comma-separated list of ${dimensions.join(', ')}, or none`) ?? dimensions
  const cursor = single('cursor', parseCursor, 'the next_cursor of the page before')
  const filters = readFilters(raw, askable.filters, faults)
  const print = fingerprint([askable.path, groupBy, stepMs ?? null, Object.entries(filters)])
  const period = cursor
    ? { fromMs: cursor.from, toMs: cursor.to }
    : defaultedPeriod({ fromMs, toMs, lengthMs: askable.defaultPeriodMs ?? HOUR }, now)
  if (faults.length === 0) {
    faults.push(...periodFaults(period, stepMs))
    if (cursor) faults.push(...cursorFaults(cursor, { print, fromMs, toMs, keys: askable.cursorKeys ?? groupBy.length + (stepMs ? 1 : 0) }))
  }
  if (faults.length > 0) throw new AppError('API_REQUEST_INVALID', faults.join('; '))
  return { period, stepMs, groupBy, filters, limit: limit ?? askable.defaultLimit, fingerprint: print, after: cursor?.after, format }
}

function unknownFaults(raw: RawParameters, askable: Askable): string[] {
  const paging = askable.dimensions
    ? ['group_by', 'step', 'cursor']
    : [...(askable.hasSteps ? ['step'] : []), ...(askable.cursorKeys ? ['cursor'] : [])]
  const known = ['from', 'to', 'limit', 'format', ...paging, ...askable.filters]
  return Object.keys(raw)
    .filter(name => !known.includes(name))
    .map(name => `${shown(name)} is no parameter of ${askable.path}, expected ${known.join(', ')}`)
}

function readFilters(raw: RawParameters, names: readonly string[], faults: string[]): Question['filters'] {
  const filters: Record<string, readonly string[]> = {}
  for (const name of names) {
    const given = raw[name]
    if (given === undefined) continue
    const values = typeof given === 'string' ? [given] : given
    if (values.length > MAX_FILTER_VALUES) faults.push(`${name} is given ${values.length} times, expected at most ${MAX_FILTER_VALUES}`)
    if (values.some(value => value.length > MAX_VALUE_LENGTH)) faults.push(`${name} is longer than ${MAX_VALUE_LENGTH} characters`)
    filters[name] = [...new Set(values)].sort()
  }
  return filters
}

function parseGroups(text: string, dimensions: readonly string[]): readonly string[] | undefined {
  if (text === 'none') return []
  const asked = text.split(',')
  return asked.every(name => dimensions.includes(name)) ? dimensions.filter(name => asked.includes(name)) : undefined
}

interface GivenPeriod {
  fromMs: number | undefined
  toMs: number | undefined
  lengthMs: number
}

function defaultedPeriod({ fromMs, toMs, lengthMs }: GivenPeriod, now: Now): Period {
  const endMs = toMs ?? lastHour(now).toMs
  return { fromMs: fromMs ?? endMs - lengthMs, toMs: endMs }
}

function periodFaults({ fromMs, toMs }: Period, stepMs: number | undefined): string[] {
  const lengthMs = toMs - fromMs
  if (lengthMs <= 0) return ['from is not before to, expected an earlier time (to defaults to now)']
  if (lengthMs > MAX_PERIOD_MS) return ['from and to are more than 400 days apart: narrow the range']
  if (stepMs !== undefined && lengthMs / stepMs > MAX_STEPS)
    return [`step cuts the range into more than ${MAX_STEPS} parts: narrow the range or raise step`]
  return []
}

function cursorFaults(
  cursor: Cursor,
  asked: { print: string; fromMs: number | undefined; toMs: number | undefined; keys: number },
): string[] {
  const isSame =
    cursor.query === asked.print &&
    (asked.fromMs === undefined || asked.fromMs === cursor.from) &&
    (asked.toMs === undefined || asked.toMs === cursor.to) &&
    cursor.after.length >= asked.keys
  return isSame ? [] : ['cursor belongs to another question, expected the same parameters as for the page before']
}

function integerIn(text: string, least: number, most: number): number | undefined {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  return value >= least && value <= most ? value : undefined
}

function shown(given: string | readonly string[]): string {
  const text = JSON.stringify(given)
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}
