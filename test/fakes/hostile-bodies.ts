/** Bodies that are small as sent and were too much once: each stopped something, held it up for seconds or lost lines. */
import { gzipSync, zstdCompressSync } from 'node:zlib'

/** One request to ingest, built when it is asked for: some are of tens of megabytes before they are compressed. */
export interface HostileBody {
  name: string
  path: string
  headers: Readonly<Record<string, string>>
  bytes(): Buffer
}

const MIB = 1024 * 1024
const SOURCE = '?source=hostile'

/** `count` times the text, with commas between. */
export const manyOf = (text: string, count: number) => Array.from({ length: count }, () => text).join(',')

/** An attribute of a resource with a value of so many bytes. */
export const resourceOf = (bytes: number) => `"resource":{"attributes":[{"key":"k","value":{"stringValue":"${'x'.repeat(bytes)}"}}]}`

/** An OTLP/JSON logs request with small records under one resource. */
export const logsOf = (resource: string, count: number) =>
  `{"resourceLogs":[{${resource},"scopeLogs":[{"logRecords":[${manyOf('{"body":{"stringValue":"a"}}', count)}]}]}]}`

const gzipped = (name: string, path: string, text: () => string): HostileBody => ({
  name,
  path,
  headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
  bytes: () => gzipSync(text()),
})
const lines = (name: string, text: () => string) => gzipped(name, `/v1/access-logs${SOURCE}`, text)
const logs = (name: string, text: () => string) => gzipped(name, `/otlp/v1/logs${SOURCE}`, text)

const huge = (count: number) =>
  JSON.stringify({
    tenant_id: 'hostile',
    request_id: `huge-${count}`,
    started_at: new Date(count).toISOString(),
    request_model: 'gpt-4o',
    upstream_kind: 'provider',
    provider: 'openai',
    input_tokens: 2 ** 53 - 1,
    output_tokens: 2 ** 53 - 1,
  })

/** All of them; `nowMs` dates those that are lines of calls. */
export const hostileBodies = (nowMs: () => number): readonly HostileBody[] => [
  lines('an array of nothing', () => `[${','.repeat(249_000)}`),
  lines('lines that are no JSON', () => 'x\n'.repeat(249_000)),
  lines('lines that begin as objects', () => '{"a\n'.repeat(249_000)),
  lines('a quarter of a million empty objects', () => '{}\n'.repeat(249_000)),
  lines('a text line of a hundred thousand pairs', () => `info request ${'a="b '.repeat(50_000)}\n`.repeat(20)),
  lines('one element without an end', () => `["${'x'.repeat(50 * MIB)}`),
  lines('half a character as a name', () => '[{"\\ud800":1}]'),
  lines('counts that no sum holds', () => `${huge(nowMs())}\n${huge(nowMs() - 1)}`),
  logs('a large resource with very many records', () => logsOf(resourceOf(255_000), 100_000)),
  logs('millions of empty records', () => `{"resourceLogs":[{"scopeLogs":[{"logRecords":[${manyOf('{}', 4_000_000)}]}]}]}`),
  logs('hundreds of thousands of resources', () => `{"resourceLogs":[${manyOf('{"scopeLogs":[{"logRecords":[{}]}]}', 300_000)}]}`),
  {
    name: 'frames one behind the other, and rubbish behind them',
    path: `/v1/access-logs${SOURCE}`,
    headers: { 'content-type': 'application/x-ndjson', 'content-encoding': 'zstd' },
    bytes: () => Buffer.concat([zstdCompressSync(Buffer.from('{}\n')), zstdCompressSync(Buffer.from('{}\n')), Buffer.from('rubbish')]),
  },
]
