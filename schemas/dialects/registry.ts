import { AppError } from '../../services/platform/errors.ts'
import { agentgateway } from './agentgateway.ts'
import { apisix } from './apisix.ts'
import { canonical } from './canonical.ts'
import { cloudflare } from './cloudflare.ts'
import type { Dialect, Line } from './dialect.ts'
import { dynamo } from './dynamo.ts'
import { envoy } from './envoy.ts'
import { buildReader, type Reader } from './field-table.ts'
import { higress } from './higress.ts'
import { kong } from './kong.ts'
import { litellm } from './litellm.ts'
import { litellmSpendLogs } from './litellm-spend-logs.ts'
import { otlpEvent, otlpSpan } from './otlp.ts'
import { portkey } from './portkey.ts'
import { usageFromProviderBody } from './provider-body.ts'
import { providerResponse } from './provider-response.ts'
import { sglang } from './sglang.ts'

/** Where an envelope's own tenant_id is put when the line is taken out of it. */
export const SHIPPER_TENANT = 'shipper_tenant_id'

const described: readonly Dialect[] = [
  canonical,
  envoy,
  litellm,
  kong,
  litellmSpendLogs,
  apisix,
  agentgateway,
  portkey,
  cloudflare,
  higress,
  dynamo,
  sglang,
  otlpSpan,
  otlpEvent,
  providerResponse,
]

/**
 * Every dialect that Weir reads, in the order in which they are tried. Where a line names no tenant, the one that its shipper was told
 * counts.
 */
export const dialects: readonly Dialect[] = described.map(dialect => {
  const tenant = dialect.fields.tenant_id
  if (tenant === undefined) return dialect
  const fields = { ...dialect.fields, tenant_id: { ...tenant, from: [...tenant.from, SHIPPER_TENANT] } }
  return { ...dialect, fields, claimedTenants: [...(dialect.claimedTenants ?? []), SHIPPER_TENANT] }
})

const readers: readonly Reader[] = dialects.map(buildReader)
const readersByName: ReadonlyMap<string, Reader> = new Map(readers.map(reader => [reader.dialect.name, reader]))

/** A dialect's reader with the evidence that the line is of that dialect. */
export interface Recognised {
  reader: Reader
  evidence: string
}

/** Whether some built-in dialect recognises the line. */
export function isRecognised(line: Line): boolean {
  return readers.some(reader => reader.dialect.recognises(line) !== false)
}

/**
 * The dialect of a line. `hint` is the sender's word: it is tried first, and a wrong or unknown one does no harm; then `own`, the dialects
 * that the operator described, then the built-in ones. Throws LINE_DIALECT_UNKNOWN with the line's first fields when nothing recognises it.
 */
export function recogniseDialect(line: Line, hint = '', own: readonly Reader[] = []): Recognised {
  const hinted = own.find(reader => reader.dialect.name === hint) ?? readersByName.get(hint)
  const evidenceOfHint = hinted?.dialect.recognises(line)
  if (hinted !== undefined && typeof evidenceOfHint === 'string') return { reader: hinted, evidence: evidenceOfHint }
  for (const reader of own.length === 0 ? readers : [...own, ...readers]) {
    const evidence = reader.dialect.recognises(line)
    if (evidence !== false) return { reader, evidence }
  }
  const names = Object.keys(line).slice(0, 8).join(', ')
  const known = dialects.map(dialect => dialect.name).join(', ')
  throw new AppError(
    'LINE_DIALECT_UNKNOWN',
    `No dialect (${known}) recognises a line with the fields ${names === '' ? '(none)' : names}. ${remedyFor(line)}`,
  )
}

function remedyFor(line: Line): string {
  const isAnswer = (usageFromProviderBody(line)?.shape ?? '') !== ''
  return isAnswer
    ? 'It looks like a provider’s answer alone: send it under response of a line with tenant_id, request_id and started_at.'
    : 'docs/custom-dialects.md tells how to describe a format of your own.'
}
