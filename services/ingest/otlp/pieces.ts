import type { OtlpRecord } from '../../../schemas/otlp/records.ts'
import type { SignalShape } from '../../../schemas/otlp/signals.ts'
import type { PlainMessage } from '../../../schemas/protobuf/read-binary.ts'

/** Records gathered into OTLP/JSON messages for the event log. */
export interface OtlpPieces {
  /** Takes a record, or says why it is too large. */
  add(record: OtlpRecord): string | undefined
  /** All messages in order: export requests of at most the size told. */
  messages(): readonly Buffer[]
  /** Bytes of all records taken. */
  readonly sizeBytes: number
}

/** Sizes in bytes of OTLP/JSON. */
export interface PieceLimits {
  /** One record with its resource and scope. */
  maxRecordBytes: number
  /** All records of a request, each with its resource and scope: what those who read them one by one have to read. */
  maxWorkBytes: number
  /** The same of one message: a reader has as much of it in memory at once. */
  maxMessageWorkBytes: number
  maxMessageBytes: number
  maxMessageRecords: number
}

interface Opening {
  group: PlainMessage
  text: string
  sizeBytes: number
}

const CLOSE = ']}'

/** Builds an empty gatherer. Records of one resource and scope that follow each other share them in a message. */
export function buildOtlpPieces(shape: SignalShape, limits: PieceLimits): OtlpPieces {
  const done: Buffer[] = []
  const openingOf = buildOpenings()
  const start = `{"${shape.resources}":[`
  let text = ''
  let usedBytes = 0
  let records = 0
  let sizeBytes = 0
  let workBytes = 0
  let messageWorkBytes = 0
  let resource: Opening | undefined
  let scope: Opening | undefined
  const close = () => {
    if (text !== '') done.push(Buffer.from(text + CLOSE + CLOSE + CLOSE))
    text = ''
    usedBytes = 0
    records = 0
    messageWorkBytes = 0
    resource = scope = undefined
  }
  const append = (part: string, partBytes: number) => {
    text += part
    usedBytes += partBytes
  }
  return {
    add({ resourceGroup, scopeGroup, record }) {
      const [inResource, inScope] = [openingOf(resourceGroup, shape.scopes), openingOf(scopeGroup, shape.records)]
      const recordText = JSON.stringify(record)
      const recordBytes = Buffer.byteLength(recordText)
      const aloneBytes = start.length + inResource.sizeBytes + inScope.sizeBytes + recordBytes + 3 * CLOSE.length
      if (aloneBytes > limits.maxRecordBytes)
        return `a record has ${aloneBytes} bytes as OTLP/JSON, at most ${limits.maxRecordBytes} are accepted`
      workBytes += aloneBytes
      if (workBytes > limits.maxWorkBytes)
        return `the records of a request, each with its resource and scope, have more than ${limits.maxWorkBytes} bytes: send fewer at once`
      const addedBytes = scope === inScope ? recordBytes + 1 : aloneBytes
      const isFull =
        records === limits.maxMessageRecords ||
        usedBytes + addedBytes + 3 * CLOSE.length > limits.maxMessageBytes ||
        messageWorkBytes + aloneBytes > limits.maxMessageWorkBytes
      if (text !== '' && isFull) close()
      records++
      messageWorkBytes += aloneBytes
      if (text === '') append(start, start.length)
      const isSameResource = resource === inResource
      if (!isSameResource) {
        const between = resource === undefined ? '' : `${CLOSE}${CLOSE},`
        append(between + inResource.text, between.length + inResource.sizeBytes)
      }
      if (scope === inScope) append(`,${recordText}`, recordBytes + 1)
      else {
        const between = isSameResource ? `${CLOSE},` : ''
        append(between + inScope.text + recordText, between.length + inScope.sizeBytes + recordBytes)
      }
      resource = inResource
      scope = inScope
      sizeBytes += recordBytes
      return undefined
    },
    messages() {
      close()
      return done
    },
    get sizeBytes() {
      return sizeBytes
    },
  }
}

/** Writes a resource or scope up to its first record, once. */
function buildOpenings(): (group: PlainMessage, member: string) => Opening {
  const openings = new Map<PlainMessage, Opening>()
  return (group, member) => {
    const known = openings.get(group)
    if (known !== undefined) return known
    const fields = JSON.stringify(group).slice(0, -1)
    const opened = `${fields}${fields.length > 1 ? ',' : ''}"${member}":[`
    const opening = { group, text: opened, sizeBytes: Buffer.byteLength(opened) }
    openings.set(group, opening)
    return opening
  }
}
