import type { AttemptContent } from '../../attempt.ts'
import { type Dialect, type FactTable, type FieldTable, has } from '../dialect.ts'
import { classOfRefusedCaller, endingOfStatus } from '../error-classes.ts'
import { usageOf } from '../token-convention.ts'
import { defaultTransform } from './default-transform.ts'
import type { Mapping } from './mapping-file.ts'

const TOKEN_FIELDS = {
  input: 'input_tokens',
  cached_input: 'cached_input_tokens',
  cache_write: 'cache_write_tokens',
  cache_write_1h: 'cache_write_1h_tokens',
  output: 'output_tokens',
  reasoning: 'reasoning_tokens',
  audio_input: 'audio_input_tokens',
  audio_output: 'audio_output_tokens',
  image_input: 'image_input_tokens',
  image_output: 'image_output_tokens',
  cached_audio_input: 'cached_audio_input_tokens',
  total: 'total_tokens',
} as const

/** Builds the dialect that a mapping describes. Tokens, outcome and contradictions are handled as in every other dialect. */
export function buildMappedDialect(mapping: Mapping): Dialect {
  const isToken = (name: string) => (Object.values(TOKEN_FIELDS) as string[]).includes(name)
  const identity = Object.keys(identityConstants(mapping)).map(name => [name, { from: [name], as: defaultTransform(name) }] as const)
  const fields = Object.fromEntries([...Object.entries(mapping.fields).filter(([name]) => !isToken(name)), ...identity]) as FieldTable
  const tokenFacts = Object.entries(TOKEN_FIELDS).flatMap(([fact, column]) =>
    mapping.fields[column] ? [[fact, mapping.fields[column]] as const] : [],
  )
  const facts: FactTable = {
    ...Object.fromEntries(tokenFacts),
    ...(mapping.fields['status_code'] && { status: mapping.fields['status_code'] }),
    ...(mapping.outcome && { told: { from: [mapping.outcome.field], as: 'text' as const } }),
  }
  return {
    name: mapping.name,
    doc: 'a mapping file of yours',
    sameCall: '`request_id` with `attempt_key`; without one, with the start in ms and `attempt_no`',
    joins: '`request_id`',
    recognises: line => mapping.recognise.every(name => has(line, name)) && `${mapping.recognise.join(', ')} stand in the line`,
    fields,
    facts,
    dropped: mapping.dropped,
    open: line => ({ ...line, ...identityConstants(mapping) }),
    attempts: (_line, base, of) => [finished(mapping, base, of as Readonly<Record<string, string | number | null>>)],
  }
}

function finished(mapping: Mapping, base: AttemptContent, of: Readonly<Record<string, string | number | null>>): AttemptContent {
  Object.assign(base, mapping.constants)
  const status = of['status']
  if (typeof status === 'number') {
    const ending = endingOfStatus(status, base.upstream_kind !== '')
    base.outcome = ending.outcome
    if (base.error_class === '') base.error_class = ending.error_class
  }
  const told = mapping.outcome?.values[String(of['told'] ?? '')]
  if (told !== undefined) base.outcome = told as AttemptContent['outcome']
  if (base.error_class === '') base.error_class = classOfRefusedCaller(base.outcome, base.auth_result)
  if (base.outcome !== 'ok' && base.error_class === '') base.error_class = 'unknown'
  const tokens = Object.fromEntries(Object.keys(TOKEN_FIELDS).map(fact => [fact, of[fact] ?? null])) as unknown as Parameters<
    typeof usageOf
  >[0]
  Object.assign(base, usageOf(tokens, { operation: base.operation, convention: mapping.tokens }))
  return base
}

/** The three fields that a line cannot be without may be constants too: they are put where the table would look. */
function identityConstants(mapping: Mapping): Record<string, unknown> {
  const constants: Record<string, unknown> = {}
  for (const name of ['tenant_id', 'request_id', 'started_at'] as const) {
    const source = mapping.fields[name]?.from[0]
    if (source === undefined && mapping.constants[name] !== undefined) constants[name] = mapping.constants[name]
  }
  return constants
}
