import { has, isAbsent, isObject, type Line } from '../dialects/dialect.ts'

/** How a log shipper wraps the line that it read. */
interface Shipper {
  name: string
  /** What writes it. */
  doc: string
  /** Fields that hold the line, as text or as an object, best first. */
  payload: readonly string[]
  /** Fields that all must be there. */
  all: readonly string[]
  /** Fields of which one must be there; empty: none needed. */
  any: readonly string[]
}

/** Tried in this order: Filebeat and Vector also write fields that look like Fluent Bit's. */
export const shippers: readonly Shipper[] = [
  {
    name: 'filebeat',
    doc: 'Elastic Filebeat and Agent; `json` where the JSON decoder is on',
    payload: ['json', 'message'],
    all: ['@timestamp'],
    any: ['agent', 'beat', 'ecs', 'input'],
  },
  {
    name: 'vector',
    doc: 'Vector: file, kubernetes_logs, docker_logs and other sources',
    payload: ['message'],
    all: ['source_type'],
    any: [],
  },
  {
    name: 'cloud-logging',
    doc: 'Google Cloud Logging: `gcloud logging read --format=json`, exports to buckets and Pub/Sub',
    payload: ['jsonPayload', 'textPayload'],
    all: [],
    any: ['insertId', 'logName', 'resource', 'receiveTimestamp'],
  },
  { name: 'logcli', doc: '`logcli --output=jsonl` of Loki', payload: ['line'], all: ['timestamp'], any: ['labels'] },
  { name: 'docker', doc: 'Docker’s json-file driver', payload: ['log'], all: ['stream', 'time'], any: [] },
  {
    name: 'fluent',
    doc: 'Fluent Bit and Fluentd; `log_processed` where Merge_Log_Key is so named',
    payload: ['log_processed', 'log', 'message', 'MESSAGE'],
    all: [],
    any: ['kubernetes', 'date', 'time', '@timestamp', 'stream', 'tag', '_p', 'logtag', 'container_name', 'container_id', '_HOSTNAME'],
  },
]

/** The wrapped line (text or object) when a shipper wrote this one; undefined when none did. */
export function shippedIn(line: Line): { shipper: string; value: unknown } | undefined {
  for (const { name, payload, all, any } of shippers) {
    const field = payload.find(candidate => has(line, candidate) && isPayload(line[candidate]))
    if (field === undefined || !all.every(mark => has(line, mark))) continue
    if (any.length === 0 || any.some(mark => has(line, mark))) return { shipper: name, value: line[field] }
  }
  return undefined
}

function isPayload(value: unknown): boolean {
  return (typeof value === 'string' && !isAbsent(value)) || isObject(value)
}
