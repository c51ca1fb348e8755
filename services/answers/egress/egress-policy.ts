/** Which tenants may send to which providers and regions: the file behind WEIR_EGRESS_FILE. */
import { readFile } from 'node:fs/promises'
import Type, { type Static } from 'typebox'
import { readCheckedYaml } from '../../platform/checked-yaml.ts'
import { AppError, messageOf } from '../../platform/errors.ts'

const name = (description: string) => Type.String({ minLength: 1, maxLength: 200, description })
const names = (description: string) => Type.Array(name(description), { minItems: 1, maxItems: 1_000, description })

/** The file. What no row allows, is not allowed; pools are not asked about. */
export const EgressFile = Type.Object(
  {
    allow: Type.Array(
      Type.Object(
        {
          provider: name('external API, as in provider of the figures'),
          regions: Type.Optional(names('its regions; unless told: any, an untold one too')),
          tenants: Type.Optional(names('tenants that may send there; unless told: everyone')),
        },
        { additionalProperties: false },
      ),
      { maxItems: 10_000, description: 'what is allowed' },
    ),
  },
  { additionalProperties: false },
)

/** What is allowed. */
export type EgressPolicy = Static<typeof EgressFile>

/** Reads the text of an egress file. Throws EGRESS_FILE_INVALID with all faults, one a line: file, line, where, what was expected. */
export function readEgressPolicy(text: string, file: string): EgressPolicy {
  return readCheckedYaml(text, { file, schema: EgressFile, code: 'EGRESS_FILE_INVALID' }, ({ allow }, fault) => {
    const seen = new Map<string, number>()
    for (const [index, row] of allow.entries()) {
      const key = JSON.stringify([row.provider, row.regions?.toSorted(), row.tenants?.toSorted()])
      const before = seen.get(key)
      if (before !== undefined) fault(['allow', index], `says the same as row ${before + 1}`)
      else seen.set(key, index)
    }
  })
}

/** The same from its file; undefined without one. Rejects with EGRESS_FILE_INVALID, also where it cannot be read. */
export async function openEgressPolicy(file: string | undefined): Promise<EgressPolicy | undefined> {
  if (file === undefined) return undefined
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    throw new AppError('EGRESS_FILE_INVALID', `${file}: ${messageOf(error)}`, { cause: error })
  }
  return readEgressPolicy(text, file)
}

/** Why traffic is not allowed. */
export const BREACH_REASONS = ['provider not allowed', 'region not allowed', 'region not told'] as const
export type BreachReason = (typeof BREACH_REASONS)[number]

/** Why the policy does not allow a tenant's traffic to a region of a provider ('': its lines tell none); undefined: it does. */
export function breachOf(
  policy: EgressPolicy,
  { tenant_id, provider, region }: { readonly tenant_id: string; readonly provider: string; readonly region: string },
): BreachReason | undefined {
  const rows = policy.allow.filter(row => row.provider === provider && (row.tenants?.includes(tenant_id) ?? true))
  if (rows.length === 0) return 'provider not allowed'
  if (rows.some(row => row.regions?.includes(region) ?? true)) return undefined
  return region === '' ? 'region not told' : 'region not allowed'
}
