/**
 * Every table of Weir: what it is for, who writes it and who reads it. Its columns and their meanings are declared in
 * schemas/clickhouse/NNN_<table>.sql, those of what the worker writes in the schemas named here too; tests hold them equal. Lists of tables
 * elsewhere are made from this one.
 */
import { attemptColumns } from './attempt.ts'
import { deadLetterColumns } from './dead-letter.ts'
import { engineSampleColumns } from './engine-sample.ts'
import { gatewaySampleColumns } from './gateway-sample.ts'
import { gpuSampleColumns } from './gpu-sample.ts'
import { messageReadColumns } from './message-read.ts'
import { parkedMessageColumns } from './parked-message.ts'
import type { AsOfView, TableKind, TableRoom, TableSpec, WrittenTable } from './table-spec.ts'

/** One row per attempt. */
export const attemptsRaw = {
  name: 'attempts_raw',
  kind: 'raw',
  holds: 'an attempt as the worker decoded it',
  writer: 'worker',
  readers: ['settle', 'money', 'api', 'cli', 'answers'],
  asOf: 'positions',
  columns: attemptColumns,
  rowKey: ['line_no', 'row_no'],
  computed: ['request_hash', 'position_hash', 'body_hash'],
} as const satisfies WrittenTable

/** One row per reading of a model server. */
export const engineSamplesRaw = {
  name: 'engine_samples_raw',
  kind: 'raw',
  holds: 'a reading of a model server',
  writer: 'worker',
  readers: ['settle', 'money', 'answers'],
  asOf: 'positions',
  columns: engineSampleColumns,
  rowKey: ['row_no'],
} as const satisfies WrittenTable

/** One row per reading of a GPU. */
export const gpuSamplesRaw = {
  name: 'gpu_samples_raw',
  kind: 'raw',
  holds: 'a reading of a GPU',
  writer: 'worker',
  readers: ['settle', 'money'],
  asOf: 'positions',
  columns: gpuSampleColumns,
  rowKey: ['row_no'],
} as const satisfies WrittenTable

/** One row per reading of a gateway's or endpoint picker's own counters. */
export const gatewaySamplesRaw = {
  name: 'gateway_samples_raw',
  kind: 'raw',
  holds: "a reading of a gateway's or an endpoint picker's own counters",
  writer: 'worker',
  readers: ['answers'],
  columns: gatewaySampleColumns,
  rowKey: ['row_no'],
} as const satisfies WrittenTable

/** The ledger: one row per message read. */
export const messagesRead = {
  name: 'messages_read',
  kind: 'ledger',
  holds: 'a message of the event log, and how many lines became what',
  writer: 'worker',
  readers: ['money', 'api', 'cli', 'answers', 'alert'],
  asOf: 'whole',
  columns: messageReadColumns,
  rowKey: [],
} as const satisfies WrittenTable

/** Refused lines, whole. */
export const deadLetters = {
  name: 'dead_letters',
  kind: 'ledger',
  holds: 'a refused line, whole, with its reason',
  writer: 'worker',
  readers: ['api', 'answers', 'cli'],
  columns: deadLetterColumns,
  rowKey: ['line_no'],
} as const satisfies WrittenTable

/** Messages of parked sources. */
export const parkedMessages = {
  name: 'parked_messages',
  kind: 'ledger',
  holds: 'a message of a parked source, whole, until it is taken up',
  writer: 'worker',
  readers: ['worker', 'api'],
  columns: parkedMessageColumns,
  rowKey: [],
} as const satisfies WrittenTable

/** The tables of rows as they came. */
export const rawTables = [attemptsRaw, engineSamplesRaw, gpuSamplesRaw, gatewaySamplesRaw] as const satisfies readonly WrittenTable[]

const settled = (name: string, holds: string, readers: readonly TableRoom[], asOf?: AsOfView): TableSpec => ({
  name,
  kind: 'settled',
  holds,
  writer: 'settle',
  readers,
  ...(asOf && { asOf, stays: true }),
})

const hourly = (name: string, holds: string): TableSpec => ({ name, kind: 'hourly', holds, writer: 'settle', readers: [] })
const daily = (name: string, holds: string): TableSpec => ({ ...hourly(name, holds), kind: 'daily', stays: true })

/** All tables, in the order of their files. */
export const tables: readonly TableSpec[] = [
  ...rawTables,
  messagesRead,
  deadLetters,
  { name: 'prices', kind: 'price', holds: 'a unit price of an import', writer: 'money', readers: ['money'], asOf: 'prices' },
  { name: 'price_imports', kind: 'price', holds: 'an import of prices', writer: 'money', readers: ['money', 'cli'], asOf: 'prices' },
  {
    name: 'prices_in_force',
    kind: 'price',
    holds: 'prices worked out for a combination of names, sizes and times',
    writer: 'settle',
    readers: ['settle'],
  },
  {
    name: 'settled_windows',
    kind: 'window',
    holds: 'a published version of a window, with what it was made from',
    writer: 'settle',
    readers: ['settle', 'money', 'api', 'cli', 'answers', 'alert'],
    asOf: 'pinned',
  },
  {
    name: 'shared_requests',
    kind: 'scratch',
    holds: 'a request that has more than one row, while its window is settled',
    writer: 'settle',
    readers: ['settle'],
  },
  settled('attempt_groups_per_minute', 'attempts that agree in all that anything is told by', ['settle', 'api', 'answers', 'alert']),
  settled('usage_per_minute', 'requests, tokens and costs of a tenant', ['money', 'api', 'cli', 'answers'], 'pinned'),
  settled('latency_per_minute', 'times and failures of the requests of a tenant', ['answers']),
  settled('pool_per_minute', 'state of a pool, and what ran on it', ['api', 'answers', 'alert']),
  settled('pool_use_per_minute', 'how much of a pool was there and worked', ['money'], 'pinned'),
  settled('resilience_per_minute', 'what further attempts did for requests, and cost', ['answers']),
  settled('provider_per_minute', 'health of an upstream', []),
  settled('charges_per_minute', 'a priced quantity of a tenant', ['charge', 'money', 'cli', 'settle'], 'pinned'),
  settled('cost_drift_per_minute', 'our cost beside the reported one', ['api']),
  { ...settled('conflicts', 'a row that was left out, and the one that came first', ['settle', 'api', 'cli']), stays: true },
  {
    name: 'billing_terms',
    kind: 'money',
    holds: 'a version of the billing terms',
    writer: 'money',
    readers: ['money', 'cli', 'settle'],
    asOf: 'whole',
  },
  {
    name: 'charges_per_hour',
    kind: 'published',
    holds: 'what a tenant is charged for in an hour',
    writer: 'charge',
    readers: ['charge', 'money', 'alert'],
  },
  {
    name: 'gpu_pool_use_per_hour',
    kind: 'published',
    holds: 'what a pool cost in an hour and how it was used',
    writer: 'charge',
    readers: ['charge', 'money', 'api'],
  },
  {
    name: 'gpu_pool_cost_per_hour',
    kind: 'published',
    holds: "who bears a pool's cost in an hour",
    writer: 'charge',
    readers: ['money', 'api', 'answers'],
  },
  {
    name: 'adjustments',
    kind: 'money',
    holds: 'a credit or charge that a person decided on',
    writer: 'money',
    readers: ['money'],
    asOf: 'whole',
  },
  { name: 'statement_claims', kind: 'statement', holds: 'who closes a statement', writer: 'money', readers: ['money'] },
  {
    name: 'statements',
    kind: 'statement',
    holds: 'a closed statement',
    writer: 'money',
    readers: ['money', 'settle', 'alert'],
    asOf: 'whole',
  },
  { name: 'statement_lines', kind: 'statement', holds: 'a line of a closed statement', writer: 'money', readers: ['money'], asOf: 'whole' },
  {
    name: 'statement_details',
    kind: 'statement',
    holds: 'a line of a closed statement, by day',
    writer: 'money',
    readers: ['money'],
    asOf: 'whole',
  },
  {
    name: 'joined_attempts',
    kind: 'scratch',
    holds: 'a row of a request that has more than one, and which request that is',
    writer: 'settle',
    readers: ['settle'],
  },
  { name: 'attempt_sums', kind: 'scratch', holds: 'attempts summed before they are priced', writer: 'settle', readers: ['settle'] },
  { name: 'engine_minutes', kind: 'scratch', holds: 'the model servers of a pool in a minute', writer: 'settle', readers: ['settle'] },
  parkedMessages,
  {
    name: 'parked_sources',
    kind: 'state',
    holds: 'when a source was parked or taken up again',
    writer: 'worker',
    readers: ['worker', 'answers'],
  },
  {
    name: 'republished_windows',
    kind: 'state',
    holds: 'a window that a person let be published from fewer rows',
    writer: 'cli',
    readers: ['cli'],
  },
  { ...hourly('usage_per_hour', 'requests, tokens and costs of a tenant in an hour'), readers: ['answers'], stays: true },
  hourly('latency_per_hour', 'times and failures of the requests of a tenant in an hour'),
  hourly('resilience_per_hour', 'what further attempts did for requests in an hour, and cost'),
  hourly('provider_per_hour', 'health of an upstream in an hour'),
  { name: 'settled_hours', kind: 'hour', holds: 'a published version of an hour, with its inputs', writer: 'settle', readers: ['settle'] },
  {
    name: 'repriced_windows',
    kind: 'price',
    holds: 'a settled window that an import of prices reaches',
    writer: 'money',
    readers: ['money', 'api'],
  },
  { name: 'dropped_days', kind: 'state', holds: 'a day of rows dropped for age', writer: 'settle', readers: ['settle', 'money', 'api'] },
  hourly('pool_per_hour', 'state of pools in an hour, and what ran on them'),
  hourly('latency_of_all_per_hour', 'times and failures of the requests of all tenants in an hour'),
  { ...hourly('quantities_per_hour', 'a priced quantity of a tenant in an hour'), stays: true },
  daily('usage_per_day', 'requests, tokens and costs of a tenant on a day'),
  daily('latency_per_day', 'times and failures of the requests of a tenant on a day'),
  daily('latency_of_all_per_day', 'times and failures of the requests of all tenants on a day'),
  daily('resilience_per_day', 'what further attempts did for requests on a day, and cost'),
  daily('provider_per_day', 'health of an upstream on a day'),
  daily('pool_per_day', 'state of pools on a day, and what ran on them'),
  daily('quantities_per_day', 'a priced quantity of a tenant on a day'),
  { name: 'settled_days', kind: 'day', holds: 'a published version of a day, with its inputs', writer: 'settle', readers: [] },
  { name: 'alert_history', kind: 'state', holds: 'a change of an alert', writer: 'alert', readers: ['api', 'cli'] },
  {
    name: 'alert_deliveries',
    kind: 'state',
    holds: 'a message about alerts with what a receiver answered',
    writer: 'alert',
    readers: ['alert', 'api', 'cli'],
  },
  {
    name: 'security_sums',
    kind: 'scratch',
    holds: 'attempts summed by who called and from where',
    writer: 'settle',
    readers: ['settle'],
  },
  settled('security_per_minute', 'who called a tenant’s routes in a minute, who was refused and why', ['cli', 'answers']),
  hourly('security_per_hour', 'who called a tenant’s routes in an hour, who was refused and why'),
  daily('security_per_day', 'who called a tenant’s routes on a day, who was refused and why'),
  { name: 'alert_silences', kind: 'state', holds: 'a silence of alerts', writer: 'alert', readers: ['api'] },
  { name: 'alert_acknowledgements', kind: 'state', holds: 'who took on a group of alerts', writer: 'alert', readers: ['api'] },
  {
    name: 'window_checks',
    kind: 'state',
    holds: 'a comparison of settled minutes with their raw rows, and what was found',
    writer: 'settle',
    readers: ['alert'],
  },
]

/** Names of the tables of the kinds, in the order of their files. */
export function tablesOf(...kinds: readonly TableKind[]): readonly string[] {
  return tables.filter(({ kind }) => kinds.includes(kind)).map(({ name }) => name)
}

/** Tables of settled minutes or of hours whose rows are dropped when they are old: all of the kind but those that stay. */
export function agedTables(kind: 'settled' | 'hourly'): readonly string[] {
  return tables.filter(table => table.kind === kind && table.stays !== true).map(({ name }) => name)
}
