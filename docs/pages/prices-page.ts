/** The part of docs/prices.md that comes from code: what is billed by the unit, and every key of LiteLLM's list. */
import { BILLED_UNITS } from '../../schemas/billed-units.ts'
import {
  KEPT_NOT_APPLIED,
  type KeyOutcome,
  NOT_PRICES,
  OTHER_PRICE_KEYS,
  PRICE_KEYS,
  SKIP_REASONS,
} from '../../services/money/price-book/litellm-keys.ts'
import { type PriceKind, unitOfKind } from '../../services/money/price-book/price-row.ts'
import { table, withWritten } from './markdown.ts'

/** The page with its written part replaced; `page` as it stands. */
export function pricesPage(page: string): string {
  return withWritten(page, [unitsSection(), keysSection()])
}

function unitsSection(): string {
  const rows = Object.entries(BILLED_UNITS).map(([name, { unit, isFractional, isWork, doc }]) => {
    const digits = isFractional ? 'millionth' : 'whole'
    return [`\`${name}\``, unit, digits, isWork ? 'yes' : '', doc]
  })
  const head = ['`token_kind`', 'unit', 'quantity', 'measures the work', 'what it is']
  return `### What is billed by the unit\n\n${table(head, rows)}`
}

function keysSection(): string {
  const keys = { ...PRICE_KEYS, ...OTHER_PRICE_KEYS } as Readonly<Record<string, readonly KeyOutcome[]>>
  const rows = Object.entries(keys).map(([key, outcomes]) => [
    `\`${key}\``,
    key === 'tiered_pricing' ? 'its bands hold the keys above' : said(outcomes),
  ])
  const others = NOT_PRICES.map(key => `\`${key}\``).join(', ')
  const intro = `Keys may end in a tier (\`_batches\`, \`_flex\`, \`_priority\`, \`_ultrafast\`) and a context threshold
(\`_above_200k_tokens\`). Several outcomes: the model's \`mode\` and its other prices decide.
Any other key is reported as unknown by the import.`
  const keysTable = table(['key', 'applied as, or why not'], [...rows, [others, SKIP_REASONS.not_a_price]])
  return `### Every key of LiteLLM's list\n\n${intro}\n\n${keysTable}`
}

function said(outcomes: readonly KeyOutcome[]): string {
  return outcomes.map(outcomeText).join('; ')
}

function outcomeText(outcome: KeyOutcome): string {
  if (outcome === 'region_factor') return 'multiplies all prices of the model in that region'
  if (outcome === 'modifier_factor') return 'multiplies token prices: `us` → `inference_geo_us`, `fast` → `fast_mode`'
  if (Object.hasOwn(SKIP_REASONS, outcome)) return `not applied: ${SKIP_REASONS[outcome as keyof typeof SKIP_REASONS]}`
  const kind = outcome as PriceKind
  const kept = KEPT_NOT_APPLIED[kind]
  return kept === undefined ? `\`${kind}\`, by the ${unitOfKind(kind)}` : `kept as \`${kind}\`, not applied: ${kept}`
}
