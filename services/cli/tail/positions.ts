import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import Type, { type Static } from 'typebox'
import { Value } from 'typebox/value'
import { AppError, messageOf } from '../../platform/errors.ts'

/**
 * Up to where a file was sent. It is known by how it begins and not by its name or inode: a rotated, copied or compressed file is the same
 * one, and a new file on an old inode is another.
 */
const Position = Type.Object({
  head_sha256: Type.String({ description: 'hash of its first head_bytes' }),
  head_bytes: Type.Integer({ minimum: 1 }),
  sent_bytes: Type.Integer({ minimum: 0, description: 'of its text, unpacked' }),
  path: Type.String({ description: 'where it was seen last, for people' }),
})
export type Position = Static<typeof Position>
const Positions = Type.Array(Position)

/** Bytes that tell a file from others. Lines of logs begin with times and ids: two files that begin alike so far are one. */
export const HEAD_BYTES = 1024
/** Files that are remembered; the ones seen last. */
const MOST_REMEMBERED = 10_000

/** What was sent, kept in a file. */
export interface Positions {
  /** The position of a file that begins so; undefined: it is new. `head` has at most HEAD_BYTES. */
  find(head: Buffer): Position | undefined
  /** Notes how far a file is sent, instead of what was noted of it before: one that has grown is known by more of it from now on. */
  note(position: Position, before: Position): void
  /** Writes the file, whole and on disk before it replaces the one before. Throws the file system's errors. */
  save(): void
}

/** Opens the file of positions; none is an empty one. Throws TAIL_POSITIONS_UNREADABLE. */
export function openPositions(path: string): Positions {
  let known = readPositions(path)
  let isChanged = false
  return {
    find: head => known.find(({ head_bytes, head_sha256 }) => head.length >= head_bytes && headHash(head, head_bytes) === head_sha256),
    note(position, before) {
      const isBefore = (one: Position) => one.head_sha256 === before.head_sha256 && one.head_bytes === before.head_bytes
      known = [...known.filter(one => !isBefore(one)), position].slice(-MOST_REMEMBERED)
      isChanged = true
    },
    save() {
      if (!isChanged) return
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(`${path}.new`, `${JSON.stringify(known, null, 1)}\n`, { flush: true })
      renameSync(`${path}.new`, path)
      isChanged = false
    },
  }
}

/** Hash of the first bytes of a file. */
export function headHash(head: Buffer, bytes: number): string {
  return createHash('sha256').update(head.subarray(0, bytes)).digest('hex')
}

function readPositions(path: string): readonly Position[] {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    if (!Value.Check(Positions, value)) throw new Error('it is not a list of positions')
    return value
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw new AppError(
      'TAIL_POSITIONS_UNREADABLE',
      `${path} cannot be read: ${messageOf(error)}. Remove it to send all files again: what comes twice counts once`,
      { cause: error },
    )
  }
}
