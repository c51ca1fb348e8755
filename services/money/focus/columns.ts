/**
 * The columns of an export, in their order. Source: FinOps FOCUS specification 1.2 (2025-05-29), specification/columns, the 57 columns of
 * its Cost and Usage dataset; FOCUS 1.3 (2025-12-05) has all of them and adds serviceprovidername.md and hostprovidername.md, and
 * allocatedmethodid.md with its neighbours for split costs; the columns that start with x_ are Weir's own. Level: M mandatory, C
 * conditional, R recommended, P mandatory from 1.3 on, S split cost of 1.3, X own.
 */

/** How a value is written: text, an exact decimal or whole number, a UTC time of whole seconds, or a flat JSON object as text. */
export type FocusType = 'String' | 'Decimal' | 'Integer' | 'DateTime' | 'JSON'

/** One column of an export. */
export interface FocusColumn {
  readonly name: string
  readonly level: 'M' | 'C' | 'R' | 'P' | 'S' | 'X'
  readonly type: FocusType
  readonly isNullable: boolean
}

/** What a row may hold, by name: level, type, and `null` where the value may be absent. */
const columns = {
  AvailabilityZone: 'R String null',
  BilledCost: 'M Decimal',
  BillingAccountId: 'M String',
  BillingAccountName: 'M String null',
  BillingAccountType: 'C String',
  BillingCurrency: 'M String',
  BillingPeriodEnd: 'M DateTime',
  BillingPeriodStart: 'M DateTime',
  CapacityReservationId: 'C String null',
  CapacityReservationStatus: 'C String null',
  ChargeCategory: 'M String',
  ChargeClass: 'M String null',
  ChargeDescription: 'M String null',
  ChargeFrequency: 'R String',
  ChargePeriodEnd: 'M DateTime',
  ChargePeriodStart: 'M DateTime',
  CommitmentDiscountCategory: 'C String null',
  CommitmentDiscountId: 'C String null',
  CommitmentDiscountName: 'C String null',
  CommitmentDiscountQuantity: 'C Decimal null',
  CommitmentDiscountStatus: 'C String null',
  CommitmentDiscountType: 'C String null',
  CommitmentDiscountUnit: 'C String null',
  ConsumedQuantity: 'C Decimal null',
  ConsumedUnit: 'C String null',
  ContractedCost: 'M Decimal',
  ContractedUnitPrice: 'C Decimal null',
  EffectiveCost: 'M Decimal',
  InvoiceId: 'R String null',
  InvoiceIssuerName: 'M String',
  ListCost: 'M Decimal',
  ListUnitPrice: 'C Decimal null',
  PricingCategory: 'C String null',
  PricingCurrency: 'C String',
  PricingCurrencyContractedUnitPrice: 'C Decimal null',
  PricingCurrencyEffectiveCost: 'C Decimal',
  PricingCurrencyListUnitPrice: 'C Decimal null',
  PricingQuantity: 'M Decimal null',
  PricingUnit: 'M String null',
  ProviderName: 'M String',
  PublisherName: 'M String',
  RegionId: 'C String null',
  RegionName: 'C String null',
  ResourceId: 'C String null',
  ResourceName: 'C String null',
  ResourceType: 'C String null',
  ServiceCategory: 'M String',
  ServiceName: 'M String',
  ServiceSubcategory: 'R String',
  SkuId: 'C String null',
  SkuMeter: 'C String null',
  SkuPriceDetails: 'C JSON null',
  SkuPriceId: 'C String null',
  SubAccountId: 'C String null',
  SubAccountName: 'C String null',
  SubAccountType: 'C String null',
  Tags: 'C JSON null',
  HostProviderName: 'P String',
  ServiceProviderName: 'P String',
  AllocatedMethodDetails: 'S JSON null',
  AllocatedMethodId: 'S String null',
  AllocatedResourceId: 'S String null',
  AllocatedResourceName: 'S String null',
  AllocatedTags: 'S JSON null',
  x_StatementId: 'X String',
  x_LineNumber: 'X Integer',
  x_CostCentre: 'X String null',
  x_GLCode: 'X String null',
  x_Model: 'X String null',
  x_PriceVersion: 'X Integer null',
  x_RateTerm: 'X String null',
  x_IsUnpriced: 'X String',
  x_IsWasted: 'X String',
  x_EstimateMethod: 'X String null',
  x_ExchangeRate: 'X Decimal null',
  x_CorrectsStatement: 'X String null',
  x_CorrectionReason: 'X String null',
} as const

/** Name of a column. */
export type FocusColumnName = keyof typeof columns

/** A row: every column of the table with its text as it is written; null: no value. */
export type FocusRow = Record<FocusColumnName, string | null>

/** Versions of FOCUS that can be written, the first by default: 1.2 is the newest that the official validator has rules for. */
export const focusVersions = ['1.2', '1.3'] as const

/** Which columns are written. `isSplitCost`: those of the split in an export of 1.2, too; in one of 1.3 they always are. */
export interface FocusShape {
  version?: (typeof focusVersions)[number]
  isSplitCost: boolean
}

/** Columns of an export in order: FOCUS first, own ones last. */
export function focusColumns({ version = '1.2', isSplitCost }: FocusShape): readonly (FocusColumn & { name: FocusColumnName })[] {
  return Object.entries(columns)
    .map(([name, facts]) => {
      const [level, type, nullable] = facts.split(' ')
      return {
        name: name as FocusColumnName,
        level: level as FocusColumn['level'],
        type: type as FocusType,
        isNullable: nullable === 'null',
      }
    })
    .filter(({ level }) => version === '1.3' || (level !== 'P' && (isSplitCost || level !== 'S')))
}
