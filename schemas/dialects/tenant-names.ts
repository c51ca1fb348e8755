/** Who is charged for lines that name no tenant: by rules of the operator, over what the line and its sender say. */
import type { AttemptContent } from '../attempt.ts'

/** What a rule may look at, and take the tenant from. */
export const tenantHints = ['source', 'gateway', 'route', 'api_key_id', 'user_id', 'request_model'] as const
export type TenantHint = (typeof tenantHints)[number]

/** A rule: the tenant of attempts that match all patterns. `*` stands for any part of a value. */
export type TenantRule = {
  readonly match: Readonly<Partial<Record<TenantHint, readonly string[]>>>
} & ({ readonly tenant: string } | { readonly from: TenantHint })

/** Finds the tenant of an attempt that names none; undefined: no rule knows. `source` is the sender's word. */
export type NameTenant = (attempt: AttemptContent, source: string) => string | undefined

/** The first rule that matches counts; one that takes the tenant from an empty value does not match. A pure function of line and sender. */
export function buildTenantNames(rules: readonly TenantRule[]): NameTenant {
  const compiled = rules.map(rule => ({
    rule,
    patterns: Object.entries(rule.match).map(([hint, values]) => ({ hint: hint as TenantHint, patterns: values.map(patternOf) })),
  }))
  return (attempt, source) => {
    const valueIn = (hint: TenantHint) => (hint === 'source' && source !== '' ? source : attempt[hint])
    for (const { rule, patterns } of compiled) {
      if (!patterns.every(one => one.patterns.some(pattern => pattern.test(valueIn(one.hint))))) continue
      const tenant = 'tenant' in rule ? rule.tenant : valueIn(rule.from)
      if (tenant !== '') return tenant
    }
    return undefined
  }
}

function patternOf(text: string): RegExp {
  return new RegExp(`^${text.split('*').map(RegExp.escape).join('[\\s\\S]*')}$`)
}
