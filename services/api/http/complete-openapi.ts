import { fieldTexts } from './field-texts.ts'

/** A schema of the document, as far as it is looked at here. */
interface Schema {
  description?: string
  examples?: readonly unknown[]
  type?: string
  format?: string
  pattern?: string
  minimum?: number
  enum?: readonly unknown[]
  const?: unknown
  default?: unknown
  anyOf?: readonly Schema[]
  properties?: Record<string, Schema>
}

/**
 * The OpenAPI document with a text for every parameter, and a text and an example for every property of every body: its own where it has
 * them, else those of its name. Does not change what is given.
 */
export function completeOpenapi<T extends object>(document: T): T {
  const whole = structuredClone(document)
  walk(whole)
  return whole
}

function walk(node: unknown): void {
  if (node === null || typeof node !== 'object') return
  if ('properties' in node && node.properties !== null && typeof node.properties === 'object') {
    for (const [name, schema] of Object.entries(node.properties as Record<string, Schema>)) complete(name, schema)
  }
  if ('in' in node && 'name' in node && typeof node.name === 'string') complete(node.name, node as Schema)
  for (const value of Object.values(node)) walk(value)
}

function complete(name: string, schema: Schema): void {
  const [text, example] = Object.hasOwn(fieldTexts, name) ? (fieldTexts[name] ?? []) : []
  if (!schema.description && text !== undefined) schema.description = text
  const shown = schema.examples === undefined && !('in' in schema) ? exampleOf(schema, example) : undefined
  if (shown !== undefined) schema.examples = [shown]
}

/** A value that fits the schema; undefined: an object or a list, whose parts have examples of their own. */
function exampleOf(schema: Schema, ofName: string | undefined): unknown {
  if (schema.const !== undefined) return schema.const
  if (schema.default !== undefined) return schema.default
  if (schema.enum !== undefined) return schema.enum[0]
  if (schema.anyOf !== undefined) return schema.anyOf.map(one => exampleOf(one, ofName)).find(one => one !== undefined)
  if (schema.type === 'string') return exampleText(schema, ofName)
  if (schema.type === 'integer') return Math.max(schema.minimum ?? 0, 42)
  if (schema.type === 'number') return 0.5
  return schema.type === 'boolean' ? false : undefined
}

function exampleText({ format, pattern, description = '' }: Schema, ofName: string | undefined): string {
  if (format === 'date-time') return '2026-01-31T09:00:00Z'
  if (description.includes('exact decimal text')) return '12.5'
  if (ofName !== undefined) return ofName
  return pattern?.includes('\\d{4}-') ? '2026-01-31T09:00:00Z' : 'text'
}
