import Type, { type Static } from 'typebox'
import { rawTables } from '../../../schemas/tables.ts'
import { ACCESS_LOG_TOPIC } from '../../../schemas/topics.ts'
import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { DAY, MINUTE, type Now } from '../../platform/clock.ts'
import { parseQuestion, type RawParameters } from '../http/parameters.ts'
import { secondsUp, timeText } from '../http/period.ts'
import { type ReadLimits, readRows } from '../http/read-limits.ts'
import { type Reader, scopeOf } from '../http/readers.ts'
import { CompletenessSummary, readCompletenessSummary } from './completeness-summary.ts'
import { scopeParameters } from './report-sql.ts'
import { count, hidden, orNull } from './row-schemas.ts'

const Time = Type.String({ format: 'date-time' })

/** One Kafka partition's books: what the worker read (ledger) against what is in the tables. */
const Balance = Type.Object({
  log_epoch: Type.String(),
  topic: Type.String(),
  partition: Type.Integer(),
  messages: count('messages read'),
  lines: count('lines in them'),
  accepted_lines: count('lines that gave at least one row'),
  dead_letters: count('lines refused'),
  skipped_lines: count('lines that are no attempts at a model'),
  parked_lines: count('lines that wait, for their source is parked'),
  rows: count('attempt rows or engine samples written, by the ledger'),
  rows_found: count('distinct row identities in the raw table'),
  dead_letters_found: count('distinct refused lines in dead_letters'),
  rows_ahead: count('rows of messages that the ledger does not have yet: under way, or to be redelivered'),
  is_balanced: Type.Boolean({
    description:
      'of each message: lines = accepted_lines + dead_letters + skipped_lines + parked_lines, rows = rows_found, ' +
      'dead_letters = dead_letters_found',
  }),
})

const Skipped = Type.Object({ reason: Type.String(), lines: Type.Integer({ minimum: 0 }) })

const Parked = Type.Object({
  source: Type.String(),
  messages: Type.Integer({ minimum: 0 }),
  lines: Type.Integer({ minimum: 0 }),
  oldest_received_at: Time,
})

const DeadLetterListed = Type.Object({
  received_at: Time,
  source: Type.String(),
  code: Type.String(),
  message: Type.String(),
  line: Type.String({ description: 'its first 2,000 characters' }),
  encoding: Type.String(),
  log_epoch: Type.String(),
  topic: Type.String(),
  partition: Type.Integer(),
  offset: Type.Integer(),
  line_no: Type.Integer(),
})

/** Offsets count the lines of everyone, so a tenant's are null. */
const positions = {
  kept_topic: orNull(Type.String()),
  kept_partition: orNull(Type.Integer()),
  kept_offset: orNull(Type.Integer()),
  kept_line_no: orNull(Type.Integer()),
  refused_topic: orNull(Type.String()),
  refused_partition: orNull(Type.Integer()),
  refused_offset: orNull(Type.Integer()),
  refused_line_no: orNull(Type.Integer()),
}
const ConflictListed = Type.Object({
  window_start: Time,
  tenant_id: Type.String(),
  source: Type.String(),
  request_id: Type.String(),
  attempt_key: Type.String(),
  ...positions,
})

/** What GET /v1/completeness answers. */
export const CompletenessAnswer = Type.Object({
  from: Time,
  to: Time,
  lines: count('lines with a row in the windows of the range (redeliveries once), plus dead_letters, skipped_lines and parked_lines'),
  ...CompletenessSummary.properties,
  skipped_lines: orNull(
    count('lines received in the range that are no attempts at a model; null when limited to tenants: they have no tenant'),
  ),
  skipped: orNull(Type.Array(Skipped, { description: 'skipped_lines by reason' })),
  parked_lines: orNull(count('lines received in the range whose source is parked: they wait to be taken up; null when limited to tenants')),
  parked: orNull(Type.Array(Parked, { description: 'parked_lines by source, most first; `weir sources resume` takes them up' })),
  balance: orNull(
    Type.Array(Balance, {
      description: 'per Kafka partition, of messages that the event log took in the range; null when limited to tenants',
    }),
  ),
  latest_dead_letters: orNull(Type.Array(DeadLetterListed, { description: 'latest first; null when limited to tenants' })),
  latest_conflicts: Type.Array(ConflictListed, { description: 'latest first' }),
})
export type CompletenessAnswer = Static<typeof CompletenessAnswer>

/** Path and parameters of the endpoint. `limit` is the length of the lists. */
export const completenessAskable = { path: '/v1/completeness', filters: ['tenant_id'], defaultLimit: 20, maxLimit: 1_000 } as const

// Rows are found by when they were received, but stored by when they happened: lines are accepted from 35 days back to 5 minutes ahead.
const OLDEST_LINE_MS = 36 * DAY
const NEWEST_LINE_MS = 6 * MINUTE

const linesSql = readQuery(import.meta.url, 'completeness-lines')
const skippedSql = readQuery(import.meta.url, 'completeness-skipped')
const parkedSql = readQuery(import.meta.url, 'completeness-parked')
const foundSql = readQuery(import.meta.url, 'completeness-found')
const balanceSql = readQuery(import.meta.url, 'completeness-balance').replace('{found_rows}', () =>
  rawTables
    .map(({ name, rowKey }) => foundSql.replace('{table}', name).replace('{row_key}', rowKey.map(key => `f.${key}`).join(', ')))
    .join('\nUNION ALL\n'),
)
const deadLettersSql = readQuery(import.meta.url, 'latest-dead-letters')
const conflictsSql = readQuery(import.meta.url, 'latest-conflicts')

/** Answers GET /v1/completeness. Rejects as `answerReport`. */
export async function answerCompleteness(
  raw: RawParameters,
  reader: Reader,
  deps: { clickhouse: ClickHouse; now: Now; limits: ReadLimits },
): Promise<CompletenessAnswer> {
  const question = parseQuestion(raw, completenessAskable, deps.now)
  const { fromMs, toMs } = question.period
  const scope = scopeOf(reader, question.filters['tenant_id'])
  const parameters = {
    ...scopeParameters(question, scope),
    limit: question.limit,
    access_log: ACCESS_LOG_TOPIC,
    oldest: secondsUp(Math.max(0, fromMs - OLDEST_LINE_MS)),
    newest: secondsUp(toMs + NEWEST_LINE_MS),
  }
  const rows = <Row>(sql: string): Promise<Row[]> => readRows<Row>(sql, parameters, deps)
  const ofOperators = <Row>(sql: string): Promise<Row[] | null> => (scope.isAll ? rows<Row>(sql) : Promise.resolve(null))
  const [summary, lines, skipped, parked, balance, deadLetters, conflicts] = await Promise.all([
    readCompletenessSummary(question, scope, deps),
    rows<{ lines: number }>(linesSql),
    ofOperators<Static<typeof Skipped>>(skippedSql),
    ofOperators<Static<typeof Parked>>(parkedSql),
    ofOperators<Static<typeof Balance>>(balanceSql),
    ofOperators<Static<typeof DeadLetterListed>>(deadLettersSql),
    rows<Static<typeof ConflictListed>>(conflictsSql),
  ])
  const [skippedLines, parkedLines] = [sumOfLines(skipped), sumOfLines(parked)]
  return {
    from: timeText(fromMs),
    to: timeText(toMs),
    lines: (lines[0]?.lines ?? 0) + (summary.dead_letters ?? 0) + (skippedLines ?? 0) + (parkedLines ?? 0),
    ...summary,
    skipped_lines: skippedLines,
    skipped,
    parked_lines: parkedLines,
    parked,
    balance,
    latest_dead_letters: deadLetters,
    latest_conflicts: scope.seesVolumes ? conflicts : conflicts.map(row => hidden(row, Object.keys(positions))),
  } as CompletenessAnswer
}

function sumOfLines(rows: readonly { lines: number }[] | null): number | null {
  return rows === null ? null : rows.reduce((sum, { lines }) => sum + lines, 0)
}
