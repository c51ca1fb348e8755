/**
 * Providers' exports as data: which columns say what. A name may be a column of a CSV or a dotted path in JSON; the first that is there
 * counts.
 */

/** How one export is read. Lists of names are alternatives; names are compared without regard to case. */
export interface InvoiceFormat {
  title: string
  /** Where its columns are documented. */
  source: string
  /** Canonical provider name; '': each line names its own, or --provider does. */
  provider: string
  provider_names?: readonly string[]
  /** Names that all must be there for a file to be recognised: each a list of alternatives. */
  recognised_by: readonly (readonly string[])[]
  /** Only lines where one of these columns matches are read; others are counted as not of AI. */
  only?: { names: readonly string[]; pattern: RegExp }
  model: readonly string[]
  day: readonly string[]
  /** Columns whose texts together tell the token kind; the model too, where no column of its own does. */
  text: readonly string[]
  /** Kinds that a column tells in words of its own. */
  category?: readonly string[]
  cost: readonly string[]
  /** What the cost is written in: 0.01 for cents. */
  cost_unit?: string
  /** A list of objects with an `amount` each that is part of the invoice (Google's credits). */
  credits?: readonly string[]
  /** Column, or the currency itself where no column says it. */
  currency: readonly string[] | string
  quantity: readonly string[]
  /** Column that says how many tokens one unit of the quantity is ("1K tokens"), or the number itself. */
  quantity_unit: readonly string[] | number
  /** For reports of usage: a column for each kind. `without` is counted in it and is taken off. */
  usage?: readonly { kind: string; names: readonly string[]; without?: readonly string[] }[]
}

const BUCKET_DAY = ['starting_at', 'start_time', 'start_time_iso', 'usage_date_utc', 'date']

/** The formats by name, in the order in which they are tried. */
export const FORMATS = {
  'aws-cur': {
    title: 'AWS Cost and Usage Report 2.0 (and legacy) as CSV',
    source: 'docs.aws.amazon.com/bedrock/latest/userguide/cost-mgmt-understanding-cur-data.html',
    provider: 'aws.bedrock',
    recognised_by: [
      ['line_item_usage_type', 'lineItem/UsageType'],
      ['line_item_unblended_cost', 'lineItem/UnblendedCost'],
    ],
    only: {
      names: ['line_item_usage_type', 'lineItem/UsageType', 'line_item_product_code', 'lineItem/ProductCode'],
      pattern: /token|bedrock/i,
    },
    model: [],
    day: ['line_item_usage_start_date', 'lineItem/UsageStartDate'],
    text: ['line_item_usage_type', 'lineItem/UsageType'],
    category: ['line_item_line_item_type', 'lineItem/LineItemType'],
    cost: ['line_item_unblended_cost', 'lineItem/UnblendedCost'],
    currency: ['line_item_currency_code', 'lineItem/CurrencyCode'],
    quantity: ['line_item_usage_amount', 'lineItem/UsageAmount'],
    quantity_unit: ['pricing_unit', 'pricing/unit'],
  },
  focus: {
    title: 'FOCUS cost and usage, any provider, as CSV',
    source: 'focus.finops.org/focus-specification/v1-2',
    provider: '',
    provider_names: ['ServiceProviderName', 'ProviderName'],
    recognised_by: [['BilledCost'], ['ChargePeriodStart'], ['BillingCurrency']],
    model: ['x_Model'],
    day: ['ChargePeriodStart'],
    text: ['SkuMeter', 'ChargeDescription'],
    category: ['ChargeCategory'],
    cost: ['BilledCost'],
    currency: ['BillingCurrency'],
    quantity: ['ConsumedQuantity', 'PricingQuantity'],
    quantity_unit: ['ConsumedUnit', 'PricingUnit'],
  },
  azure: {
    title: 'Azure cost details (actual cost) as CSV',
    source: 'learn.microsoft.com/azure/cost-management-billing/automate/understand-usage-details-fields',
    provider: 'azure.ai.openai',
    recognised_by: [['MeterName'], ['CostInBillingCurrency', 'PreTaxCost', 'Cost'], ['UnitOfMeasure']],
    only: { names: ['MeterCategory', 'MeterSubCategory', 'MeterName', 'ServiceName'], pattern: /openai|foundry|cognitive|token/i },
    model: [],
    day: ['Date', 'UsageDateTime'],
    text: ['MeterName'],
    category: ['ChargeType'],
    cost: ['CostInBillingCurrency', 'PreTaxCost', 'Cost'],
    currency: ['BillingCurrency', 'BillingCurrencyCode', 'Currency'],
    quantity: ['Quantity', 'UsageQuantity'],
    quantity_unit: ['UnitOfMeasure'],
  },
  gcp: {
    title: 'Google Cloud billing export (standard or detailed) as CSV or JSON rows',
    source: 'cloud.google.com/billing/docs/how-to/export-data-bigquery-tables/standard-usage',
    provider: 'gcp.vertex_ai',
    recognised_by: [['sku.description', 'sku_description'], ['cost'], ['usage_start_time']],
    only: {
      names: ['service.description', 'service_description', 'sku.description', 'sku_description'],
      pattern: /vertex|gemini|generative|claude|token/i,
    },
    model: [],
    day: ['usage_start_time'],
    text: ['sku.description', 'sku_description'],
    category: ['cost_type'],
    cost: ['cost'],
    credits: ['credits'],
    currency: ['currency'],
    quantity: ['usage.amount', 'usage_amount'],
    quantity_unit: ['usage.unit', 'usage_unit'],
  },
  'anthropic-cost': {
    title: 'Anthropic cost report (GET /v1/organizations/cost_report), grouped by description',
    source: 'platform.claude.com/docs/en/api/admin/cost_report/retrieve',
    provider: 'anthropic',
    recognised_by: [['amount'], ['token_type', 'cost_type'], BUCKET_DAY],
    model: ['model'],
    day: BUCKET_DAY,
    text: ['token_type', 'cost_type'],
    cost: ['amount'],
    cost_unit: '0.01',
    currency: ['currency'],
    quantity: [],
    quantity_unit: 1,
  },
  'anthropic-usage': {
    title: 'Anthropic usage report (GET /v1/organizations/usage_report/messages), grouped by model',
    source: 'platform.claude.com/docs/en/api/admin/usage_report/retrieve_messages',
    provider: 'anthropic',
    recognised_by: [['uncached_input_tokens'], ['output_tokens'], BUCKET_DAY],
    model: ['model'],
    day: BUCKET_DAY,
    text: [],
    cost: [],
    currency: 'USD',
    quantity: [],
    quantity_unit: 1,
    usage: [
      { kind: 'input', names: ['uncached_input_tokens'] },
      { kind: 'cached_input', names: ['cache_read_input_tokens'] },
      { kind: 'cache_write', names: ['cache_creation.ephemeral_5m_input_tokens', 'cache_creation_ephemeral_5m_input_tokens'] },
      { kind: 'cache_write_1h', names: ['cache_creation.ephemeral_1h_input_tokens', 'cache_creation_ephemeral_1h_input_tokens'] },
      { kind: 'output', names: ['output_tokens'] },
    ],
  },
  'openai-costs': {
    title: 'OpenAI costs (GET /v1/organization/costs), grouped by line_item, and its CSV',
    source: 'platform.openai.com/docs/api-reference/usage/costs',
    provider: 'openai',
    recognised_by: [['amount.value', 'amount_value'], ['line_item'], BUCKET_DAY],
    model: [],
    day: BUCKET_DAY,
    text: ['line_item'],
    cost: ['amount.value', 'amount_value'],
    currency: ['amount.currency', 'amount_currency'],
    quantity: [],
    quantity_unit: 1,
  },
  'openai-usage': {
    title: 'OpenAI usage (GET /v1/organization/usage/completions), grouped by model, and its CSV',
    source: 'platform.openai.com/docs/api-reference/usage/completions_object (input_tokens include cached ones)',
    provider: 'openai',
    recognised_by: [['input_tokens'], ['num_model_requests'], BUCKET_DAY],
    model: ['model'],
    day: BUCKET_DAY,
    text: [],
    cost: [],
    currency: 'USD',
    quantity: [],
    quantity_unit: 1,
    usage: [
      { kind: 'input', names: ['input_tokens'], without: ['input_cached_tokens'] },
      { kind: 'cached_input', names: ['input_cached_tokens'] },
      { kind: 'output', names: ['output_tokens'] },
    ],
  },
} as const satisfies Record<string, InvoiceFormat>

/** Name of a format. */
export type FormatName = keyof typeof FORMATS
/** The names, for options and messages. */
export const FORMAT_NAMES = Object.keys(FORMATS) as [FormatName, ...FormatName[]]
