/** Who reads. */
export interface Reader {
  readonly name: string
  readonly role: 'operator' | 'finance' | 'tenant'
  readonly tenants: readonly string[]
  readonly is_signed_in: boolean
}

/** What finance reads, as the API has it: services/api/http/finance-routes.ts. */
const FINANCE =
  /^\/v1\/(?:usage|charges|pool-costs|pool-use|budgets|completeness|statements|panels|answers\/(?:movers|unexpected|caches|whatif|gaps))\b/

/** Questions that tell of all tenants. */
const FOR_OPERATORS = /^\/v1\/(?:audit|answers\/fairness)\b/

/** Whether the API answers a reader at this path: what it would refuse is not asked, and its place is left out. */
export function mayRead({ role }: Pick<Reader, 'role'>, path: string): boolean {
  if (role === 'finance') return FINANCE.test(path)
  return role === 'operator' || !FOR_OPERATORS.test(path)
}
