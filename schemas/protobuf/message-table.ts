/**
 * Protobuf messages as tables: field name → number and kind. One table serves both encodings of a message, so that they cannot drift apart.
 */

/**
 * How a field's value is encoded, and what it is read as. 64-bit integers become decimal text, because JavaScript's numbers do not hold
 * them; `hex` are bytes that are written as hexadecimal text, `bytes` as base64; `enum` becomes its number; a `double` is a number, or
 * "NaN", "Infinity" or "-Infinity" as text.
 */
export type Scalar =
  | 'string'
  | 'bytes'
  | 'hex'
  | 'bool'
  | 'double'
  | 'int32'
  | 'uint32'
  | 'sint32'
  | 'int64'
  | 'uint64'
  | 'fixed32'
  | 'fixed64'
  | 'sfixed64'
  | 'enum'

/** A field: its number, and a scalar or the name of a message in the same table. */
export interface Field {
  no: number
  kind: Scalar | { message: string }
  isRepeated: boolean
  /** Numbers of an enum's names, where they may be written instead of numbers. */
  enumNumbers: Readonly<Record<string, number>> | undefined
}

/** A message: its fields by number and by name. */
export interface MessageType {
  name: string
  byNumber: ReadonlyMap<number, readonly [name: string, field: Field]>
  byName: ReadonlyMap<string, readonly [name: string, field: Field]>
}

/** Messages by name. */
export type MessageTable = ReadonlyMap<string, MessageType>

type FieldSpec = readonly [no: number, kind: Scalar | (string & {}), ...rest: ('repeated' | Readonly<Record<string, number>>)[]]

const SCALARS: ReadonlySet<string> = new Set([
  'string',
  'bytes',
  'hex',
  'bool',
  'double',
  'int32',
  'uint32',
  'sint32',
  'int64',
  'uint64',
  'fixed32',
  'fixed64',
  'sfixed64',
  'enum',
] satisfies Scalar[])

/**
 * Builds a table from `{Message: {fieldName: [number, scalar or message name, 'repeated'?, enum numbers?]}}`. Names are lowerCamelCase, as
 * the JSON encoding writes them; the snake_case of the .proto files is understood too.
 */
export function messageTable(specs: Readonly<Record<string, Readonly<Record<string, FieldSpec>>>>): MessageTable {
  return new Map(
    Object.entries(specs).map(([name, fields]) => {
      const entries = Object.entries(fields).map(([fieldName, spec]) => [fieldName, fieldFrom(spec)] as const)
      const byNumber = new Map(entries.map(entry => [entry[1].no, entry]))
      const byName = new Map(entries.flatMap(entry => [entry[0], snakeCase(entry[0])].map(spelling => [spelling, entry] as const)))
      return [name, { name, byNumber, byName }]
    }),
  )
}

/** The message of that name; a name that the table does not have is a defect of the table. */
export function messageOf(table: MessageTable, name: string): MessageType {
  const message = table.get(name)
  if (message === undefined) throw new Error(`the table has no message ${name}`)
  return message
}

function fieldFrom([no, kind, ...rest]: FieldSpec): Field {
  return {
    no,
    kind: SCALARS.has(kind) ? (kind as Scalar) : { message: kind },
    isRepeated: rest.includes('repeated'),
    enumNumbers: rest.find(part => typeof part === 'object'),
  }
}

function snakeCase(camelCase: string): string {
  return camelCase.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)
}
