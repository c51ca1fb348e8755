/** Text forms of gateways' logs, taken apart into lines with named fields; each is then a line of a dialect like any other. */
import type { Line } from './dialect.ts'

/** A line of named fields from a text that is not JSON; undefined when it has no known form. */
export function parseTextLine(text: string): Line | undefined {
  return agentgatewayText(text) ?? apisixText(text)
}

const AGENTGATEWAY = /^(?:(\d{4}-\d\d-\d\dT[\d:.]+Z)\s+)?(?:trace|debug|info|warn|error)\s+request\s+(\S.*)$/i
/** A request's line has some 40 pairs; a text of many thousands is no line of agentgateway's, and would take a second to read. */
const MAX_PAIRS = 500
const PAIR = /([A-Za-z_][\w.:/-]*)=("(?:[^"\\]|\\.)*"|\S*)(?:\s+|$)/y

/** agentgateway's text form: `<time> info request key=value …`, values in quotes where they hold blanks. */
function agentgatewayText(text: string): Line | undefined {
  const head = AGENTGATEWAY.exec(text)
  if (head === null) return undefined
  const rest = head[2] as string
  const line: Record<string, unknown> = Object.create(null)
  if (head[1] !== undefined) line['time'] = head[1]
  line['scope'] = 'request'
  PAIR.lastIndex = 0
  for (let at = 0, pairs = 0; at < rest.length; at = PAIR.lastIndex, pairs++) {
    PAIR.lastIndex = at
    const pair = pairs < MAX_PAIRS ? PAIR.exec(rest) : null
    if (pair === null) return undefined
    line[pair[1] as string] = unquoted(pair[2] as string)
  }
  return line
}

function unquoted(value: string): string {
  if (!value.startsWith('"')) return value
  try {
    return String(JSON.parse(value))
  } catch {
    return value.slice(1, -1)
  }
}

/** The order of the documented access_log_format of APISIX's ai-proxy (docs/en/latest/plugins/ai-proxy.md). */
const QUOTED = /"([^"]*)"/
const APISIX = new RegExp(
  `^${[
    /(\S+) - (\S+) \[([^\]]+)\] (\S+)/,
    QUOTED,
    /(\d+) (\d+) ([\d.]+|-)/,
    QUOTED,
    QUOTED,
    /(\S+(?:, \S+)*) (\d+(?:, \d+)*|-) ([\d.]+(?:, [\d.]+)*|-)/,
    ...Array<RegExp>(8).fill(QUOTED),
  ]
    .map(({ source }) => source)
    .join(' ')}$`,
)
const APISIX_FIELDS = [
  'remote_addr',
  'remote_user',
  'time_local',
  'http_host',
  'request',
  'status',
  'body_bytes_sent',
  'request_time',
  'http_referer',
  'http_user_agent',
  'upstream_addr',
  'upstream_status',
  'upstream_response_time',
  'upstream_url',
  'apisix_request_id',
  'request_type',
  'llm_time_to_first_token',
  'request_llm_model',
  'llm_model',
  'llm_prompt_tokens',
  'llm_completion_tokens',
] as const

function apisixText(text: string): Line | undefined {
  const match = APISIX.exec(text)
  if (match === null) return undefined
  return Object.fromEntries(APISIX_FIELDS.map((name, index) => [name, match[index + 1]]))
}
