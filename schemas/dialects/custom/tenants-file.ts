import { readFile } from 'node:fs/promises'
import Type from 'typebox'
import { readCheckedYaml } from '../../../services/platform/checked-yaml.ts'
import { AppError, messageOf } from '../../../services/platform/errors.ts'
import { buildTenantNames, type NameTenant, type TenantHint, type TenantRule, tenantHints } from '../tenant-names.ts'

const Tenant = Type.String({ minLength: 1, maxLength: 256, description: 'who is charged' })
const Pattern = Type.String({ minLength: 1, maxLength: 512, description: 'a value, * for any part of it' })
const patternsOf = (hint: TenantHint) =>
  Type.Optional(
    Type.Union([Pattern, Type.Array(Pattern, { minItems: 1, maxItems: 1_000 })], { description: `what ${hint} of the line must be` }),
  )
const Rule = Type.Object(
  {
    tenant: Type.Optional(Tenant),
    from: Type.Optional(
      Type.Union(
        tenantHints.map(hint => Type.Literal(hint)),
        { description: 'the tenant is the value of this field' },
      ),
    ),
    match: Type.Optional(
      Type.Object(Object.fromEntries(tenantHints.map(hint => [hint, patternsOf(hint)])), {
        additionalProperties: false,
        description: 'all of it must fit; absent: every line that names no tenant',
      }),
    ),
  },
  { additionalProperties: false, description: 'a rule' },
)
/** The file: rules in the order in which they are tried; docs/tenants.md describes it. */
export const TenantsFile = Type.Object(
  { tenants: Type.Array(Rule, { maxItems: 10_000, description: 'rules, the first that matches counts' }) },
  { additionalProperties: false },
)

/**
 * Who is charged for lines without a tenant: by the rules of `file`, then `fallback`. Either may be undefined; with neither there is
 * nothing to name by. Rejects with TENANTS_FILE_INVALID, all faults with their lines.
 */
export async function readTenants(file: string | undefined, fallback: string | undefined): Promise<NameTenant | undefined> {
  const rules = file === undefined ? [] : parseTenants(await textOf(file), file)
  const all = fallback === undefined ? rules : [...rules, { match: {}, tenant: fallback }]
  return all.length === 0 ? undefined : buildTenantNames(all)
}

/** The rules of the file's text. Throws TENANTS_FILE_INVALID. */
export function parseTenants(text: string, file: string): TenantRule[] {
  const { tenants } = readCheckedYaml(text, { file, schema: TenantsFile, code: 'TENANTS_FILE_INVALID' }, ({ tenants }, fault) => {
    for (const [index, { tenant, from }] of tenants.entries()) {
      if ((tenant === undefined) === (from === undefined)) fault(['tenants', index], 'a rule needs either tenant or from: who is charged')
    }
  })
  return tenants.map(({ tenant, from, match = {} }) => {
    const patterns = Object.fromEntries(Object.entries(match).map(([hint, given]) => [hint, [given ?? []].flat()]))
    return from === undefined ? { match: patterns, tenant: tenant as string } : { match: patterns, from: from as TenantHint }
  })
}

async function textOf(file: string): Promise<string> {
  return await readFile(file, 'utf8').catch(error => {
    throw new AppError('TENANTS_FILE_INVALID', `${file} cannot be read: ${messageOf(error)}`, { cause: error })
  })
}
