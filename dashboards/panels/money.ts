/** Panels of what is charged, billed and priced. */
import { asRows, figure, inTime, text } from '../define.ts'
import type { Panel } from '../panel.ts'

const common = { audience: 'tenant', variables: ['tenant_id'] } as const
const table = asRows('table', common)

export const moneyPanels: readonly Panel[] = [
  table(
    'charges',
    [
      ...[text('tenant_id', 'Tenant'), text('currency', 'Currency'), figure('list_cost', 'List'), figure('contracted_cost', 'Contracted')],
      ...[figure('effective_cost', 'Effective'), figure('pool_cost', 'Of pools'), figure('wasted_cost', 'Of it wasted')],
      figure('unpriced_quantity', 'Unpriced quantity'),
    ],
    {
      ...{ title: 'Charges', question: 'Who is charged how much?', counts: 'charges as published by the hour, in the currency of the row' },
      leadsTo: 'cost',
    },
  ),
  inTime('line', { audience: 'tenant', variables: ['tenant_id', 'route', 'model'] })('bill-match', {
    ...{ title: 'Match the bill', question: 'Do we agree with them?', counts: 'our list price by the reported cost, USD; 1: the same' },
    unit: 'short',
  }),
  table(
    'statements',
    [
      ...[text('tenant_id', 'Tenant'), text('month', 'Month'), text('currency', 'Currency'), figure('payable', 'Payable')],
      ...[figure('corrected_statements', 'Corrects'), figure('requests', 'Requests'), text('closed_at', 'Closed')],
      text('statement_id', 'Statement'),
    ],
    { title: 'Statements', question: 'What is closed?', counts: 'statements, in the currency of the row' },
  ),
  asRows('table', { audience: 'operator', variables: [] })(
    'price-changes',
    [
      ...[text('version', 'Version'), text('kind', 'Kind'), text('imported_at', 'Imported'), text('imported_by', 'By')],
      ...[text('source', 'Source'), text('reason', 'Reason'), text('valid_from', 'Valid from'), figure('prices', 'Prices')],
    ],
    { title: 'Price book', question: 'What prices changed?', counts: 'imports and corrections', leadsTo: 'cost' },
  ),
]
