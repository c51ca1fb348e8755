import { AppError } from '../platform/errors.ts'

/** A share of the budget, growing while a body is read. Releasing twice does no harm. */
export interface Lease {
  /** Takes `bytes` more; throws INGEST_OVERLOADED when the budget has not so many left. */
  add(bytes: number): void
  release(): void
}

/** The body bytes that ingest holds at once, over all requests. */
export interface ByteBudget {
  lease(): Lease
  readonly heldBytes: number
}

/** Builds a budget of `maxBytes`. Refusing at once rather than queueing keeps the sender's own buffer the only queue. */
export function buildByteBudget(maxBytes: number, onChange: (heldBytes: number) => void = () => {}): ByteBudget {
  let heldBytes = 0
  return {
    get heldBytes() {
      return heldBytes
    },
    lease() {
      let leasedBytes = 0
      return {
        add(bytes) {
          if (heldBytes + bytes > maxBytes) throw new AppError('INGEST_OVERLOADED', 'too many bodies are under way: try again')
          leasedBytes += bytes
          heldBytes += bytes
          onChange(heldBytes)
        },
        release() {
          heldBytes -= leasedBytes
          leasedBytes = 0
          onChange(heldBytes)
        },
      }
    },
  }
}
