/** Damage to good inputs: what a broken or hostile sender makes of what a good one sends. Inputs follow from the seed alone. */
import fc from 'fast-check'

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** Values that have broken readers: of the wrong type, at the edge of a type, or text that is none. */
const awkward: readonly Json[] = [
  null,
  true,
  -1,
  -0,
  0.1,
  1e-320,
  1e308,
  2 ** 53,
  -(2 ** 63),
  1_000_000_001,
  '',
  ' ',
  '0',
  '-1',
  '1e400',
  'NaN',
  '9007199254740993',
  '18446744073709551616',
  '99999999999999999999999999999999999999.999999999999999999',
  '\u0000',
  '\ud800',
  '\udc00x',
  '\u202e\ufeff',
  '=cmd|x',
  "'; DROP TABLE x --",
  'x'.repeat(3_000),
  '0001-01-01T00:00:00Z',
  '9999-12-31T23:59:60Z',
  '2026-02-30T25:61:00+99:99',
  '__proto__',
  [],
  {},
  [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]],
  [null, 1, 'a', {}],
  { value: null },
  { length: 4_000_000_000 },
]

const step = fc.record({
  at: fc.nat(),
  what: fc.constantFrom('replace', 'remove', 'wrap', 'repeat', 'rename', 'move'),
  value: fc.oneof(fc.constantFrom(...awkward), fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>),
  to: fc.nat(),
})
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

/** A value of the corpus with up to six of its parts changed. */
export function damagedValue(corpus: readonly unknown[]): fc.Arbitrary<unknown> {
  return fc
    .tuple(fc.nat({ max: corpus.length - 1 }), fc.array(step, { maxLength: 6 }))
    .map(([index, steps]) => steps.reduce(damaged, corpus[index] as Json))
}

/** Text of the corpus with up to six places cut, doubled, moved or filled with something else. */
export function damagedText(corpus: readonly string[]): fc.Arbitrary<string> {
  const filling = fc.oneof(
    fc.constantFrom(
      ...awkward.filter(value => typeof value === 'string'),
      '"',
      '{',
      '[',
      '\n',
      '\t',
      ',',
      ':',
      '&a *a',
      '!!js',
      '1e9',
      '\\u',
    ),
    fc.string({ unit: 'binary', maxLength: 12 }),
  )
  const cut = fc.record({ at: fc.nat(), length: fc.nat({ max: 40 }), filling, isDoubled: fc.boolean() })
  const texts = fc.tuple(fc.nat({ max: corpus.length - 1 }), fc.array(cut, { maxLength: 6 })).map(([index, cuts]) =>
    cuts.reduce((text, { at, length, filling, isDoubled }) => {
      const from = at % (text.length + 1)
      return text.slice(0, from) + filling + text.slice(isDoubled ? Math.max(0, from - length) : from + length)
    }, corpus[index] as string),
  )
  // As it comes out of a file or a body: halves of characters are replaced there.
  return texts.map(text => text.toWellFormed())
}

/** Bytes of the corpus with up to eight of them changed, some cut off or doubled. */
export function damagedBytes(corpus: readonly Uint8Array[]): fc.Arbitrary<Buffer> {
  const change = fc.record({ at: fc.nat(), byte: fc.nat({ max: 255 }), keep: fc.nat({ max: 20 }), doubled: fc.nat({ max: 64 }) })
  return fc.tuple(fc.nat({ max: corpus.length - 1 }), fc.array(change, { maxLength: 8 })).map(([index, changes]) =>
    changes.reduce(
      (bytes, { at, byte, keep, doubled }) => {
        if (bytes.length === 0) return bytes
        const from = at % bytes.length
        // One in twenty cuts the rest off, as a connection that breaks does.
        if (keep === 0) return bytes.subarray(0, from)
        const copy = Buffer.concat([bytes.subarray(0, from + 1), bytes.subarray(Math.max(0, from + 1 - doubled))])
        copy[from] = byte
        return copy
      },
      Buffer.from(corpus[index] as Uint8Array),
    ),
  )
}

/** The paths of all parts of a value, itself first. */
function pathsOf(value: Json, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path]
  return [path, ...Object.entries(value).flatMap(([key, part]) => pathsOf(part, [...path, key]))]
}

function damaged(value: Json, { at, what, value: other, to }: Step): Json {
  const paths = pathsOf(value)
  const path = paths[at % paths.length] as readonly string[]
  switch (what) {
    case 'replace':
      return changedAt(value, path, () => other)
    case 'wrap':
      return changedAt(value, path, part => (to % 2 === 0 ? [part] : { value: part }))
    case 'repeat':
      return changedAt(value, path, part => (Array.isArray(part) ? [...part, ...part] : [part, part]))
    case 'move':
      return changedAt(value, path, () => partAt(value, paths[to % paths.length] as readonly string[]))
    case 'remove':
    case 'rename':
      return path.length === 0 ? other : changedAt(value, path.slice(0, -1), part => withoutKey(part, path.at(-1) as string, what, other))
  }
}

function withoutKey(part: Json, key: string, what: 'remove' | 'rename', other: Json): Json {
  if (Array.isArray(part)) return part.filter((_, index) => String(index) !== key)
  const { [key]: gone, ...rest } = part as { [key: string]: Json }
  return what === 'remove' || gone === undefined ? rest : { ...rest, [String(other).slice(0, 50)]: gone }
}

function changedAt(value: Json, path: readonly string[], change: (part: Json) => Json): Json {
  const [key, ...rest] = path
  if (key === undefined) return change(value)
  if (Array.isArray(value)) return value.map((part, index) => (String(index) === key ? changedAt(part, rest, change) : part))
  const whole = value as { [key: string]: Json }
  return { ...whole, [key]: changedAt(whole[key] as Json, rest, change) }
}

function partAt(value: Json, path: readonly string[]): Json {
  return path.reduce<Json>((part, key) => (part as { [key: string]: Json })[key] as Json, value)
}
