/** A statement: what a tenant owes for one billing month, line by line, with what proves it. */
import type { Decimal } from '../decimal.ts'

/** One issued line. Precise costs have 18 digits; `billed_cost` is rounded to the currency's minor unit (half to even). */
export interface StatementLine {
  line_no: number
  /** FOCUS ChargeCategory. */
  charge_category: 'Usage' | 'Purchase' | 'Credit' | 'Adjustment'
  /** FOCUS ChargeClass. */
  charge_class: '' | 'Correction'
  /** Statement that a correction corrects, and why; '' otherwise. */
  corrects_statement: string
  correction_reason: '' | 'late_rows' | 'price' | 'terms' | 'dispute'
  description: string
  upstream_kind: string
  upstream: string
  model: string
  region: string
  service_tier: string
  /** token kind, or gpu_busy, gpu_idle, gpu_unattributed, shared_cost, commitment, commitment_unused, adjustment, rounding. */
  meter: string
  price_key: string
  price_version: number
  min_input_tokens: number
  is_wasted: boolean
  estimate_method: string
  rate_term: string
  /** Id of the commitment that this line bills, that covers this usage, or that was left unused; '': none. */
  commitment_id: string
  /** Id of the credit or adjustment that this line books; '': none. */
  adjustment_id: string
  pricing_currency: string
  /** 0: several within the month, see the details. */
  exchange_rate: Decimal
  list_unit_price: Decimal | null
  contracted_unit_price: Decimal | null
  quantity: Decimal
  unit: string
  list_cost: Decimal
  contracted_cost: Decimal
  effective_cost: Decimal
  /** Precise amount that is billed, before rounding. */
  precise_cost: Decimal
  billed_cost: Decimal
}

/** The detail of a line by billing day, precise; FOCUS rows are made of these. */
export interface StatementDetail extends Omit<StatementLine, 'line_no' | 'billed_cost'> {
  /** Line that it is part of. */
  line_no: number
  /** Start and end (exclusive) of the charge, ms UTC; the tenant's billing day. */
  charge_period_start_ms: number
  charge_period_end_ms: number
  /** FOCUS AllocatedRatio of pool and shared costs; null: not a split cost. */
  allocated_ratio: Decimal | null
  allocated_method: string
}

/** What a closed statement was made from: enough to make it again from raw. */
export interface StatementBasis {
  price_version: number
  terms_version: number
  /** Next offset of every partition of the access-log and metrics topics that was accounted for. */
  positions: readonly { log_epoch: string; topic: string; partition: number; next_offset: number }[]
  windows: number
  raw_rows: number
  requests: number
  attempts: number
  /** Lines of access logs that the event log took within the month, of all tenants: a refused line has no trusted tenant. */
  lines_received: number
  /** Of these, with rows in the tables or no calls of a model. */
  lines_accounted: number
  /** Ids of earlier statements whose months were computed again for corrections. */
  corrected: readonly string[]
}

/** The statement itself. `content_sha256` is over its canonical JSON without closing time, name and hash. */
export interface Statement {
  statement_id: string
  /** Who issued it; from the terms, as all of who the tenant is. */
  issuer: string
  /** '__house__': what no tenant is charged for. */
  tenant_id: string
  tenant_name: string
  team: string
  cost_centre: string
  gl_code: string
  tags: Readonly<Record<string, string>>
  /** Billing month, YYYY-MM. */
  month: string
  time_zone: string
  period_start_ms: number
  period_end_ms: number
  currency: string
  status: 'draft' | 'closed'
  lines: readonly StatementLine[]
  details: readonly StatementDetail[]
  /** Sum of the precise costs. */
  precise_total: Decimal
  /** precise_total rounded to the minor unit; equals the sum of `billed_cost`, the rounding line included. */
  payable: Decimal
  basis: StatementBasis
  content_sha256: string
  closed_at_ms: number | null
  closed_by: string
  /** Why it was closed below the completeness threshold; '': it was complete. */
  forced_reason: string
}
