import { csvLine, csvPlain, csvText } from '../../money/csv.ts'
import { ListedAttempt, type ListedRequest } from './attempt-fields.ts'

/** Columns of the request: those that an attempt has too stand with `request_` before them. */
const ofRequest = {
  request_id: 'request_id',
  tenant_id: 'tenant_id',
  request_started_at: 'started_at',
  request_duration_ms: 'duration_ms',
  request_outcome: 'outcome',
  gateway: 'gateway',
  api_key_id: 'api_key_id',
  user_id: 'user_id',
  trace_id: 'trace_id',
  priority: 'priority',
} as const satisfies Record<string, keyof ListedRequest>
const ofAttempt = Object.keys(ListedAttempt.properties).filter(name => name !== 'position')

/** Requests as CSV with a header, a row per attempt in their order. Text that a spreadsheet would take for a formula gets an apostrophe. */
export function requestsCsv(requests: readonly ListedRequest[]): string {
  const head = csvLine([...Object.keys(ofRequest), ...ofAttempt])
  const lines = requests.flatMap(request => {
    const own = Object.values(ofRequest).map(name => cellOf(request[name]))
    return request.attempts.map(attempt => csvLine([...own, ...ofAttempt.map(name => cellOf(attempt[name]))]))
  })
  return head + lines.join('')
}

function cellOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'object') return csvText(JSON.stringify(value))
  return typeof value === 'number' || typeof value === 'boolean' ? csvPlain(value) : csvText(String(value))
}
