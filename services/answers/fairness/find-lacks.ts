import { type Decimal, formatDecimal, parseDecimal } from '../../money/decimal.ts'
import { preciseText } from '../../money/statements/money-text.ts'
import { isBudgeted } from './budgeted.ts'
import { emptyFinding, type FairnessFinding, type LACKS } from './fairness-finding.ts'

/** What a tenant used in the period in one currency, at list; costs are decimals. */
export interface TenantRow {
  readonly tenant_id: string
  readonly currency: string
  readonly requests: number
  readonly cost: string
  readonly unpoliced_requests: number
  readonly unpoliced_cost: string
  readonly unrouted_requests: number
  readonly unrouted_cost: string
}

/** Tenants named in a sentence. */
const MOST_NAMED = 3
/** Tenants listed in a finding. */
const MOST_LISTED = 100

type Lack = (typeof LACKS)[number]
type Part = { readonly tenant_id: string; readonly requests: number; readonly cost: Decimal }

const WORDS: Readonly<Record<Lack, string>> = {
  budget: 'are of tenants without a budget in force',
  policy: 'went to providers under no named policy',
  route: 'bear no route that could answer for them',
}

/** Tenants → what has no budget, no policy at a provider or no route, for each currency, with its money; the dearest first. Exact. */
export function findLacks(rows: readonly TenantRow[], budgeted: readonly string[]): FairnessFinding[] {
  const byCurrency = Map.groupBy(rows, row => row.currency)
  return [...byCurrency].flatMap(([currency, own]) => {
    const parts: Record<Lack, Part[]> = {
      budget: own.filter(row => !isBudgeted(budgeted, row.tenant_id)).map(row => partOf(row, row.requests, row.cost)),
      policy: own.map(row => partOf(row, row.unpoliced_requests, row.unpoliced_cost)),
      route: own.map(row => partOf(row, row.unrouted_requests, row.unrouted_cost)),
    }
    const all = own.reduce((sum, row) => sum + parseDecimal(row.cost), 0n)
    return (Object.entries(parts) as [Lack, Part[]][]).flatMap(([lack, some]) => lackOf(lack, some, { currency, all }))
  })
}

const partOf = ({ tenant_id }: TenantRow, requests: number, cost: string): Part => ({ tenant_id, requests, cost: parseDecimal(cost) })

function lackOf(lack: Lack, parts: readonly Part[], { currency, all }: { currency: string; all: Decimal }): FairnessFinding[] {
  const some = parts
    .filter(({ requests }) => requests > 0)
    .sort((a, b) => (a.cost < b.cost ? 1 : a.cost > b.cost ? -1 : b.requests - a.requests))
  if (some.length === 0) return []
  const cost = some.reduce((sum, part) => sum + part.cost, 0n)
  const requests = some.reduce((sum, part) => sum + part.requests, 0)
  const names = some.slice(0, MOST_NAMED).map(({ tenant_id }) => tenant_id)
  const rest = some.length > MOST_NAMED ? ` and ${some.length - MOST_NAMED} more` : ''
  return [
    {
      ...emptyFinding,
      ...{
        kind: 'lack',
        state: 'without',
        lack,
        tenants: some.slice(0, MOST_LISTED).map(({ tenant_id }) => tenant_id),
        requests,
        currency,
      },
      ...{ cost: formatDecimal(cost), confidence: 'high' },
      sentence:
        `${requests} requests (${preciseText(cost, currency)} of ${preciseText(all, currency)} ${currency} at list) ${WORDS[lack]}: ` +
        `${names.join(', ')}${rest}.`,
    },
  ]
}
