/** A statement and its details → rows of FOCUS 1.2. Sources of the rules: FOCUS 1.2 columns and attributes, named at each place. */
import type { Decimal } from '../decimal.ts'
import { detail } from '../statements/detail.ts'
import type { Statement, StatementDetail } from '../statements/statement.ts'
import { decimalCell, jsonCell, nameCell, textCell, timeCell } from './cells.ts'
import type { FocusRow } from './columns.ts'
import { commitmentColumns, reservationColumns } from './commitments.ts'
import { focusMeter } from './meters.ts'
import { linePrices } from './prices.ts'
import { skuColumns } from './sku.ts'
import { allocationColumns } from './split-cost.ts'

type Columns = Partial<FocusRow>

const ROUNDING = 'Rounding of the lines to the minor unit of the currency'

/**
 * One row a detail, in their order, then what rounding to the minor unit adds or takes: Σ BilledCost of the rows is the statement's
 * payable, exactly (FOCUS: BilledCost by InvoiceId equals the invoice). A draft's rows have no InvoiceId.
 */
export function* focusRows(statement: Statement): Generator<FocusRow> {
  const common = statementColumns(statement)
  let billed: Decimal = 0n
  for (const item of statement.details) {
    if (item.meter === 'rounding') continue
    billed += item.precise_cost
    yield { ...common, ...detailColumns(item, statement) } as FocusRow
  }
  const rounding = statement.payable - billed
  if (rounding !== 0n) yield { ...common, ...detailColumns(roundingDetail(statement, rounding), statement) } as FocusRow
}

function statementColumns(statement: Statement): Columns {
  return {
    AvailabilityZone: null,
    BillingAccountId: textCell(statement.tenant_id),
    BillingAccountName: nameCell(statement.tenant_name || statement.tenant_id),
    BillingAccountType: 'Tenant',
    BillingCurrency: statement.currency,
    BillingPeriodEnd: timeCell(statement.period_end_ms),
    BillingPeriodStart: timeCell(statement.period_start_ms),
    InvoiceId: statement.status === 'closed' ? textCell(statement.statement_id) : null,
    // The same name in both: FOCUS takes a charge whose provider is not the issuer for one that a third party is paid for, with a
    // BilledCost of 0.
    InvoiceIssuerName: nameCell(statement.issuer),
    ProviderName: nameCell(statement.issuer),
    ServiceProviderName: nameCell(statement.issuer),
    SubAccountId: textCell(statement.team),
    SubAccountName: nameCell(statement.team),
    SubAccountType: statement.team === '' ? null : 'Team',
    Tags: jsonCell(statement.tags),
    x_StatementId: textCell(statement.statement_id),
    x_CostCentre: textCell(statement.cost_centre),
    x_GLCode: textCell(statement.gl_code),
  }
}

function detailColumns(detail: StatementDetail, statement: Statement): Columns {
  const meter = focusMeter(detail.meter)
  const isPool = detail.upstream_kind === 'pool' && detail.upstream !== ''
  return {
    BilledCost: decimalCell(detail.precise_cost),
    ChargeCategory: detail.charge_category,
    ChargeClass: detail.charge_class || null,
    ChargeDescription: nameCell(detail.description),
    ChargeFrequency: meter.frequency,
    ChargePeriodEnd: timeCell(detail.charge_period_end_ms),
    ChargePeriodStart: timeCell(detail.charge_period_start_ms),
    ...amountColumns(detail, statement.currency),
    ...commitmentColumns(detail, statement.currency),
    ...reservationColumns(detail),
    ...allocationColumns(detail),
    HostProviderName: hostOf(detail, statement),
    PublisherName: (detail.upstream_kind === 'provider' && nameCell(detail.upstream)) || nameCell(statement.issuer),
    RegionId: textCell(detail.region),
    RegionName: nameCell(detail.region),
    ResourceId: isPool ? textCell(`pool/${detail.upstream}`) : null,
    ResourceName: isPool ? nameCell(detail.upstream) : null,
    ResourceType: isPool ? 'GPU Pool' : null,
    ServiceCategory: 'AI and Machine Learning',
    ServiceName: meter.service,
    ServiceSubcategory: 'Generative AI',
    ...skuColumns(detail, meter),
    x_LineNumber: String(detail.line_no),
    x_Model: textCell(detail.model),
    x_PriceVersion: detail.price_version === 0 ? null : String(detail.price_version),
    x_RateTerm: textCell(detail.rate_term),
    x_IsWasted: String(detail.is_wasted),
    x_EstimateMethod: textCell(detail.estimate_method),
    x_CorrectsStatement: textCell(detail.corrects_statement),
    x_CorrectionReason: textCell(detail.correction_reason),
  }
}

/** Who runs what was used: the provider that a request went to, the issuer with its pools; what runs nowhere has none. */
function hostOf(detail: StatementDetail, statement: Statement): string {
  const host = detail.upstream_kind === 'provider' ? detail.upstream : detail.upstream_kind === 'pool' ? statement.issuer : ''
  return nameCell(host) ?? 'Not Applicable'
}

/**
 * Costs, prices and quantities. Credits and adjustments have neither price nor quantity, and every cost of them is what is billed
 * (ListCost-C-008-C).
 */
function amountColumns(detail: StatementDetail, currency: string): Columns {
  const isPriced = detail.charge_category === 'Usage' || detail.charge_category === 'Purchase'
  const prices = isPriced ? linePrices(detail, currency) : null
  const listCost = isPriced ? detail.list_cost : detail.precise_cost
  const contractedCost = isPriced ? detail.contracted_cost : detail.precise_cost
  // A purchase covers the charges that come, which carry its cost (EffectiveCost-C-005-C).
  const effectiveCost = detail.charge_category === 'Purchase' ? 0n : isPriced ? detail.effective_cost : detail.precise_cost
  const isConsumed = detail.charge_category === 'Usage' && detail.meter !== 'commitment_unused'
  const cell = (value: Decimal | null | undefined) => (value == null ? null : decimalCell(value))
  return {
    ConsumedQuantity: isConsumed ? cell(prices?.quantity) : null,
    ConsumedUnit: isConsumed ? (prices?.unit ?? null) : null,
    ContractedCost: decimalCell(contractedCost),
    ContractedUnitPrice: cell(prices?.contracted),
    EffectiveCost: decimalCell(effectiveCost),
    ListCost: decimalCell(listCost),
    ListUnitPrice: cell(prices?.list),
    PricingCategory: prices?.category ?? null,
    PricingCurrency: prices?.pricingCurrency ?? currency,
    PricingCurrencyContractedUnitPrice: cell(prices?.pricingContracted),
    PricingCurrencyEffectiveCost: decimalCell(prices ? prices.toPricingCurrency(effectiveCost) : effectiveCost),
    PricingCurrencyListUnitPrice: cell(prices?.pricingList),
    PricingQuantity: cell(prices?.quantity),
    PricingUnit: prices?.unit ?? null,
    x_IsUnpriced: String(prices?.isUnpriced ?? false),
    x_ExchangeRate: prices && prices.pricingCurrency !== currency ? decimalCell(detail.exchange_rate) : null,
  }
}

function roundingDetail(statement: Statement, amount: Decimal): StatementDetail {
  const { lines, currency, period_start_ms, period_end_ms } = statement
  const costs = { list_cost: amount, contracted_cost: amount, effective_cost: amount, precise_cost: amount }
  return {
    line_no: lines.find(line => line.meter === 'rounding')?.line_no ?? lines.length + 1,
    ...detail({ charge_category: 'Adjustment', description: ROUNDING, meter: 'rounding', pricing_currency: currency, ...costs }),
    charge_period_start_ms: period_start_ms,
    charge_period_end_ms: period_end_ms,
  }
}
