import type { ClickHouse } from '../../../services/platform/clickhouse/client.ts'

/** A row of `pool_use_per_minute`, as far as tests say something; ratios and seconds are decimal texts. */
export interface UseMinute {
  pool: string
  at_ms: number
  gpus?: number | null
  gpu_busy_ratio?: string | null
  engines?: number
  engine_busy_ratio?: string | null
  prefill_seconds?: string | null
  decode_seconds?: string | null
  version?: number
}

/** Tokens of one kind that a tenant asked of a pool in a minute. */
export interface WorkMinute {
  pool: string
  at_ms: number
  tenant_id: string
  token_kind: string
  quantity: number
  model?: string
  version?: number
}

/** Writes settled minutes as settling does, in version 1 unless told otherwise, and publishes them. */
export async function insertMinutes(clickhouse: ClickHouse, use: readonly UseMinute[], work: readonly WorkMinute[]): Promise<void> {
  await clickhouse.insert(
    'pool_use_per_minute',
    [
      'window_start',
      'settle_version',
      'pool',
      'gpus',
      'gpu_busy_ratio',
      'engines',
      'engine_busy_ratio',
      'prefill_seconds',
      'decode_seconds',
    ],
    use.map(one => [
      one.at_ms / 1000,
      one.version ?? 1,
      one.pool,
      one.gpus ?? null,
      one.gpu_busy_ratio ?? null,
      one.engines ?? 0,
      one.engine_busy_ratio ?? null,
      one.prefill_seconds ?? null,
      one.decode_seconds ?? null,
    ]),
  )
  await clickhouse.insert(
    'charges_per_minute',
    ['window_start', 'settle_version', 'tenant_id', 'response_model', 'upstream_kind', 'upstream', 'token_kind', 'quantity', 'attempts'],
    work.map(one => [
      one.at_ms / 1000,
      one.version ?? 1,
      one.tenant_id,
      one.model ?? 'llama-70b',
      'pool',
      one.pool,
      one.token_kind,
      one.quantity,
      1,
    ]),
  )
  const windows = [...new Set([...use, ...work].map(({ at_ms, version }) => `${at_ms / 1000} ${version ?? 1}`))]
  await clickhouse.insert(
    'settled_windows',
    ['window_start', 'settle_version'],
    windows.map(window => window.split(' ').map(Number)),
  )
}
