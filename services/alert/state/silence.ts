/** Silences and acknowledgements: what people say of alerts. They are written by others and read here. */
import Type, { type Static } from 'typebox'
import { fitsPattern } from '../config/routes-of.ts'
import type { Labels } from '../reading.ts'

const text = (description: string, maxLength = 300) => Type.String({ minLength: 1, maxLength, description })

/** Alerts that match are not told of from `from_ms` to `until_ms`. Matchers hold together; `*` in a value stands for any text. */
export const Silence = Type.Object({
  id: text('its id'),
  matchers: Type.Record(Type.String({ maxLength: 64 }), text('value of the label, * for any text'), {
    minProperties: 1,
    maxProperties: 10,
  }),
  from_ms: Type.Integer(),
  until_ms: Type.Integer(),
  author: text('who asked for it'),
  comment: text('why', 1_000),
})
export type Silence = Static<typeof Silence>

/** Somebody has taken a group of alerts on: no repeats until it ends or grows louder. */
export const Acknowledgement = Type.Object({
  group_key: text('the group, as messages name it'),
  author: text('who took it on'),
  at_ms: Type.Integer(),
  comment: Type.Optional(text('what is being done', 1_000)),
})
export type Acknowledgement = Static<typeof Acknowledgement>

/** Whether the silence holds at `atMs` (inclusive, exclusive) for an alert with these labels; `rule` counts as one. */
export function isSilenced(silence: Silence, labels: Labels, atMs: number): boolean {
  if (atMs < silence.from_ms || atMs >= silence.until_ms) return false
  return Object.entries(silence.matchers).every(([name, pattern]) => fitsPattern(labels[name] ?? '', pattern))
}
