/** Requests as /v1/requests lists them, as far as the console shows them. */

export interface Attempt {
  readonly attempt_no: number
  readonly started_at: string
  readonly ended_at: string | null
  readonly duration_ms: number | null
  readonly ttft_ms: number | null
  readonly queue_ms: number | null
  readonly policy: string
  readonly request_model: string
  readonly response_model: string
  readonly upstream_kind: string
  readonly provider: string
  readonly pool: string
  readonly endpoint: string
  readonly region: string
  readonly status_code: number
  readonly outcome: string
  readonly error_class: string
  readonly error_detail: string
  readonly is_retry: boolean
  readonly is_fallback: boolean
  readonly input_tokens: number | null
  readonly output_tokens: number | null
  readonly usage_quality: string
  readonly list_cost: string | null
  readonly currency: string
  readonly unpriced_reason: string | null
  readonly is_wasted: boolean
}

export interface ListedRequest {
  readonly request_id: string
  readonly tenant_id: string
  readonly started_at: string
  readonly duration_ms: number
  readonly outcome: string
  readonly route: string
  readonly gateway: string
  readonly api_key_id: string
  readonly user_id: string
  readonly trace_id: string
  readonly priority: string
  readonly attempts_reported: number
  readonly list_cost: string | null
  readonly currency: string
  readonly attempts: readonly Attempt[]
}
