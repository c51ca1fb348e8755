import { AppError } from '../platform/errors.ts'

/** A share of the budget, growing while a body is read. Releasing twice does no harm. */
export interface Lease {
  /** Takes `bytes` more; throws INGEST_OVERLOADED when the budget, or the sender's share of it, has not so many left. */
  add(bytes: number): void
  release(): void
}

/** The body bytes that ingest holds at once, over all requests. */
export interface ByteBudget {
  /** `sender`: whose share of the budget it counts against; undefined: there is one sender, which may hold all of it. */
  lease(sender: string | undefined): Lease
  readonly heldBytes: number
}

/** What one sender may hold of the budget: bodies that it sends half, or slowly, leave room for those of others. */
const SENDER_SHARE = 0.5

/** Builds a budget of `maxBytes`. Refusing at once rather than queueing keeps the sender's own buffer the only queue. */
export function buildByteBudget(maxBytes: number, onChange: (heldBytes: number) => void = () => {}): ByteBudget {
  let heldBytes = 0
  const heldBy = new Map<string, number>()
  return {
    get heldBytes() {
      return heldBytes
    },
    lease(sender) {
      let leasedBytes = 0
      const change = (bytes: number) => {
        leasedBytes += bytes
        heldBytes += bytes
        if (sender !== undefined) {
          const ofSender = (heldBy.get(sender) ?? 0) + bytes
          if (ofSender > 0) heldBy.set(sender, ofSender)
          else heldBy.delete(sender)
        }
        onChange(heldBytes)
      }
      return {
        add(bytes) {
          if (heldBytes + bytes > maxBytes) throw new AppError('INGEST_OVERLOADED', 'too many bodies are under way: try again')
          if (sender !== undefined && (heldBy.get(sender) ?? 0) + bytes > maxBytes * SENDER_SHARE)
            throw new AppError('INGEST_OVERLOADED', 'too many bodies of this sender are under way: try again')
          change(bytes)
        },
        release: () => change(-leasedBytes),
      }
    },
  }
}
