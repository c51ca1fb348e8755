/** What Weir works out by itself for rules, as data: rule files, their checks and docs/alerting.md go by this list. */

import { durationMs } from '../config/durations.ts'
import type { Readings } from '../reading.ts'
import type { SignalSource, ViewSource } from '../rules/rule.ts'
import { readAgainstUsual } from './against-usual.ts'
import { readFallbackLoad } from './fallback-load.ts'
import { readModelEnds } from './model-ends.ts'
import { readBudgetBurn, readBudgetDate, readBudgetSpent, readCostDrift, readMonthNotClosed } from './money-signals.ts'
import {
  readCompleteness,
  readDataLate,
  readDeadLetters,
  readDeliveryStuck,
  readReadingLate,
  readSourceSilent,
  readWindowsRefused,
} from './pipeline-signals.ts'
import { nothingKnown, type ReadAt, type SignalDeps } from './signal-deps.ts'
import { type Indicator, readSloBurn, type SloQuestion } from './slo/read-slo-burn.ts'

/** A parameter of a signal. */
export interface SignalParameter {
  readonly description: string
  readonly type: 'number' | 'text'
  readonly oneOf?: readonly string[]
  readonly isNeeded?: boolean
}

/** Something that Weir works out by itself. */
export interface Signal {
  readonly description: string
  /** Unit of the value. */
  readonly unit: string
  readonly labels: readonly string[]
  /** Facts that templates can name. */
  readonly facts: readonly string[]
  /** Its own period where the rule tells none; null: it has none. */
  readonly overMs: number | null
  /** Goes by the clock and by when lines came: it says nothing of history. */
  readonly isByClock?: boolean
  readonly parameters: Readonly<Record<string, SignalParameter>>
  read(asked: AskedSignal, at: ReadAt, deps: SignalDeps): Promise<Readings>
}

interface AskedSignal {
  readonly overMs: number
  readonly parameters: Readonly<Record<string, string | number>>
}

const MINUTE_2 = 120_000
const MINUTE_15 = 900_000
const HOUR_1 = 3_600_000
const DAY_1 = 86_400_000
const severity = { type: 'text', description: 'which pairs of windows', oneOf: ['page', 'ticket'], isNeeded: true } as const
const budgetFacts = ['amount', 'currency', 'period', 'period_end', 'spent', 'spent_ratio', 'forecast', 'exhausted_on', 'fault']
const burnFacts = ['burn_rate', 'long_ms', 'factor']
const text = (description: string): SignalParameter => ({ type: 'text', description })

/** Every signal by its name. */
export const signals: Readonly<Record<string, Signal>> = {
  'slo-burn': {
    description: 'burn rate of an error budget against the factor of its pair of windows, the slower of both; above 1 it fires',
    unit: 'ratio',
    labels: ['slo', 'tenant_id', 'route', 'request_model', 'priority', 'upstream_kind', 'upstream'],
    facts: [
      ...['indicator', 'objective', 'threshold_ms', 'period_days', 'short_burn_rate', 'short_ms', 'bad', 'valid', 'bad_share'],
      ...['budget_used', 'lasts_ms', ...burnFacts],
    ],
    overMs: null,
    parameters: {
      slo: { ...text('name of the objective'), isNeeded: true },
      objective: { type: 'number', description: 'per cent of events that have to be good', isNeeded: true },
      indicator: { ...text('what is good'), oneOf: ['availability', 'ttft', 'tpot', 'duration'], isNeeded: true },
      threshold_ms: { type: 'number', description: 'of ttft, tpot and duration: the longest good one, ms' },
      period_days: { type: 'number', description: 'length of the budget, days (30)' },
      least_bad: { type: 'number', description: 'bad events of the short window below which nothing burns (5)' },
      by: text('labels of a reading, parted by commas (tenant_id, route)'),
      ...{ tenant_id: text('this tenant alone'), route: text('this route alone'), request_model: text('this model alone') },
      severity,
    },
    read: readSlo,
  },
  'budget-spent': {
    description: 'share of each budget of the billing terms that is spent',
    unit: 'ratio',
    labels: ['budget', 'tenant_id', 'team'],
    facts: budgetFacts,
    overMs: null,
    parameters: {},
    read: ({ overMs }, at, deps) => readBudgetSpent(overMs, at, deps),
  },
  'budget-date': {
    description: 'days before the end of its period at which a budget is used up at the pace of the last week; 0: it is enough',
    unit: 'days',
    labels: ['budget', 'tenant_id', 'team'],
    facts: budgetFacts,
    overMs: null,
    parameters: {},
    read: ({ overMs }, at, deps) => readBudgetDate(overMs, at, deps),
  },
  'budget-burn': {
    description: 'money spent against the even pace of its budget, as slo-burn says of errors; above 1 it fires',
    unit: 'ratio',
    labels: ['budget', 'tenant_id', 'team'],
    facts: [...budgetFacts, ...burnFacts],
    overMs: null,
    parameters: { severity },
    read: ({ parameters }, at, deps) => readBudgetBurn(parameters['severity'] === 'ticket' ? 'ticket' : 'page', at, deps),
  },
  'cost-drift': {
    description: 'how far our list cost and the reported one are apart, as a share of the latter',
    unit: 'ratio',
    labels: ['upstream', 'currency'],
    facts: ['list_cost', 'reported_cost', 'difference', 'side'],
    overMs: DAY_1,
    parameters: {},
    read: ({ overMs }, at, deps) => readCostDrift(overMs, at, deps),
  },
  'month-not-closed': {
    description: 'working days since the end of a month that a tenant has no closed statement of, where months are closed at all',
    unit: 'days',
    labels: ['tenant_id', 'month'],
    facts: ['cost', 'currency'],
    overMs: null,
    isByClock: true,
    parameters: {},
    read: ({ overMs }, at, deps) => readMonthNotClosed(overMs, at, deps),
  },
  completeness: {
    description: 'share of all lines received that are counted or skipped for being no attempt',
    unit: 'ratio',
    labels: [],
    facts: ['lines', 'dead_letters', 'parked_lines'],
    overMs: HOUR_1,
    isByClock: true,
    parameters: {},
    read: ({ overMs }, at, deps) => readCompleteness(overMs, at, deps),
  },
  'data-late': {
    description: 'how long the oldest line waits that is in no settled minute',
    unit: 'minutes',
    labels: [],
    facts: ['lines', 'settled_until'],
    overMs: null,
    isByClock: true,
    parameters: {},
    read: ({ overMs }, at, deps) => readDataLate(overMs, at, deps),
  },
  'source-silent': {
    description: 'minutes since the last line of a sender that had more than 20 around the same time a week ago',
    unit: 'minutes',
    labels: ['source'],
    facts: ['usual_lines', 'last_line'],
    overMs: null,
    isByClock: true,
    parameters: {},
    read: ({ overMs }, at, deps) => readSourceSilent(overMs, at, deps),
  },
  'dead-letters': {
    description: "share of a sender's lines that were refused",
    unit: 'ratio',
    labels: ['source'],
    facts: ['lines', 'dead_letters', 'over_ms'],
    overMs: MINUTE_15,
    isByClock: true,
    parameters: {},
    read: ({ overMs }, at, deps) => readDeadLetters(overMs, at, deps),
  },
  'reading-late': {
    description: 'how long the oldest line waits that was received and not read by the worker',
    unit: 'minutes',
    labels: ['topic'],
    facts: ['records'],
    overMs: null,
    isByClock: true,
    parameters: {},
    read: ({ overMs }, at, deps) => readReadingLate(overMs, at, deps),
  },
  'windows-refused': {
    description: 'settled minutes of which raw rows are gone since, as settle finds every hour',
    unit: 'minutes of traffic',
    labels: [],
    facts: ['first', 'last', 'checked_at'],
    overMs: null,
    isByClock: true,
    parameters: {},
    read: ({ overMs }, at, deps) => readWindowsRefused(overMs, at, deps),
  },
  'delivery-stuck': {
    description: 'how long the oldest message about alerts waits for a receiver that was tried and does not take it',
    unit: 'minutes',
    labels: ['receiver'],
    facts: ['messages', 'answer'],
    overMs: null,
    isByClock: true,
    parameters: {},
    read: ({ overMs }, at, deps) => readDeliveryStuck(overMs, at, deps),
  },
  'fallback-load': {
    description: 'how full a pool is that takes traffic which falls back from elsewhere, a tenth of its attempts at least; 1: saturated',
    unit: 'ratio',
    labels: ['pool', 'model'],
    facts: [
      ...['running', 'waiting', 'engines', 'attempts', 'fallbacks', 'fallback_share', 'origins', 'over_ms', 'tenants'],
      'tenants_total',
    ],
    overMs: MINUTE_2,
    parameters: {},
    read: ({ overMs }, at, deps) => readFallbackLoad(overMs, at, deps),
  },
  'model-ends': {
    description: 'days until a model ends that was used, as the price list that comes with Weir says; below 0: it has ended',
    unit: 'days',
    labels: ['provider', 'request_model', 'response_model'],
    facts: ['ends_on', 'days_past', 'requests', 'list_cost', 'currency', 'tenants', 'tenants_total'],
    overMs: DAY_1,
    isByClock: true,
    parameters: {},
    read: ({ overMs }, at, deps) => readModelEnds(overMs, at, deps),
  },
  'against-usual': {
    description: 'a figure of a view over its mean of the seven days before; 1 is as usual',
    unit: 'ratio',
    labels: ['tenant_id', 'route', 'request_model', 'upstream', 'upstream_kind', 'pool', 'provider', 'model', 'region', 'currency'],
    facts: ['now', 'usual', 'counted', 'over_ms', 'requests', 'tenants', 'tenants_total', 'list_cost'],
    overMs: HOUR_1,
    parameters: {
      view: { ...text('the view'), isNeeded: true },
      measure: { ...text('its measure'), isNeeded: true },
      per: text('measure that it is divided by'),
      by: text('labels, parted by commas'),
    },
    read: (asked, { settledUntilMs }, deps) => readAgainstUsual(usualSource(asked), settledUntilMs, deps),
  },
}

/** The view that a source which reads against-usual is about. */
export function usualSource({ overMs, parameters }: AskedSignal): ViewSource {
  const { view = '', measure = '', per, by = '' } = parameters
  const source = { view: String(view), measure: String(measure), over: `${overMs}ms`, by: namesIn(by) }
  return per === undefined ? source : { ...source, per: String(per) }
}

/** Reads a signal. Rejects with the codes of the client. */
export async function readSignal(source: SignalSource, at: ReadAt, deps: SignalDeps): Promise<Readings> {
  const signal = Object.hasOwn(signals, source.signal) ? signals[source.signal] : undefined
  if (signal === undefined) throw new Error(`${source.signal} is no signal`)
  const overMs = source.over === undefined ? (signal.overMs ?? 0) : durationMs(source.over)
  return signal.read({ overMs, parameters: source.parameters ?? {} }, at, deps)
}

async function readSlo({ parameters }: AskedSignal, { settledUntilMs }: ReadAt, deps: SignalDeps): Promise<Readings> {
  return settledUntilMs === null ? nothingKnown(null) : readSloBurn(sloQuestion(parameters), settledUntilMs, deps)
}

/** The question of a source that reads slo-burn. */
export function sloQuestion(parameters: Readonly<Record<string, string | number>>): SloQuestion {
  const where = Object.entries(parameters).filter(([name]) => ['tenant_id', 'route', 'request_model'].includes(name))
  return {
    name: String(parameters['slo'] ?? ''),
    objective: Number(parameters['objective']),
    indicator: String(parameters['indicator']) as Indicator,
    thresholdMs: Number(parameters['threshold_ms'] ?? 0),
    periodDays: Number(parameters['period_days'] ?? 30),
    leastBad: Number(parameters['least_bad'] ?? 5),
    severity: parameters['severity'] === 'ticket' ? 'ticket' : 'page',
    by: namesIn(parameters['by'] ?? 'tenant_id, route'),
    where: Object.fromEntries(where.map(([name, value]) => [name, String(value)])),
  }
}

/** Names in a text, parted by commas. */
export function namesIn(text: string | number): string[] {
  return String(text)
    .split(',')
    .map(name => name.trim())
    .filter(name => name !== '')
}
