import { AppError, messageOf } from '../../platform/errors.ts'
import { joinParts } from './join-parts.ts'
import { type DecodeConfig, isEnded, type LineState, type Message } from './line.ts'
import { openEnvelopes } from './open-envelopes.ts'
import { openMessage } from './open-message.ts'
import { checkTenants, checkTimes, type LineContext, placeRows, readLine, recogniseLine } from './read-line.ts'
import { isCsv, splitCsv } from './split-csv.ts'

type OpeningConfig = Pick<DecodeConfig, 'maxLineBytes' | 'ownDialects'>

interface Step<Name extends string> {
  name: Name
  /** What it does, in a few words. */
  doc: string
}

interface OpeningStep<Name extends string> extends Step<Name> {
  open(lines: LineState[], message: Message, config: OpeningConfig): LineState[]
}

interface LineStep<Name extends string> extends Step<Name> {
  /** Goes on with one line, or throws why it is refused. */
  read(line: LineState, context: LineContext, lineNo: number): void
}

const opening = <const Name extends string>(name: Name, doc: string, open: OpeningStep<Name>['open']): OpeningStep<Name> => ({
  name,
  doc,
  open,
})
const reading = <const Name extends string>(name: Name, doc: string, read: LineStep<Name>['read']): LineStep<Name> => ({ name, doc, read })

/**
 * The steps by which a message of the access-log topic becomes rows, in order. First the message is opened until each gateway
 * line stands alone; lines are numbered then. From there each line goes its own way. It ends in the step that refuses it, skips
 * it or, the last one, gives its rows.
 */
export const decodeSteps = [
  opening(
    'split_message',
    'an OTLP request into its records, text into lines, a JSON array into its elements, a table into its records',
    (_, message, config) => (isCsv(message) ? splitCsv(message, config) : openMessage(message, config.maxLineBytes)),
  ),
  opening('join_parts', 'the parts of one container log line into the whole', lines => joinParts(lines)),
  opening('open_envelope', 'what a shipper put around the line is taken off, and text forms of logs are read', (lines, _, config) =>
    openEnvelopes(lines, config.ownDialects ?? []),
  ),
  reading('recognise_dialect', 'whose line it is', recogniseLine),
  reading('read_attempts', 'its fields become attempts within the contract of schemas/attempt.ts', readLine),
  reading('check_tenant', 'the sender may write for the tenant', checkTenants),
  reading('check_time', 'it is neither too old nor of the future', checkTimes),
  reading('place_rows', 'window and position are added: the line ends as rows', placeRows),
] as const

const openingSteps = decodeSteps.filter(step => 'open' in step)
const lineSteps = decodeSteps.filter(step => 'read' in step)

/** Every step in which something read from the log can end, in order: those of decoding, then that of expositions, then storing. */
export const endSteps = [
  ...decodeSteps,
  { name: 'read_exposition', doc: 'all that happens to a message of the engine-metrics topic' },
  { name: 'park', doc: 'its source is parked: the message waits whole, and is decoded when it is taken up' },
  { name: 'store', doc: 'ClickHouse refused a value that the checks before let through' },
] as const

/** A step in which something ends. */
export type EndStep = (typeof endSteps)[number]['name']

/** The lines of a message with all that shippers put around them taken off; some have ended. Never throws. */
export function openLines(message: Message, config: OpeningConfig): LineState[] {
  let lines: LineState[] = []
  for (const step of openingSteps) {
    lines = step.open(lines, message, config)
    for (const line of lines) if (line.endedIn === '' && isEnded(line)) line.endedIn = step.name
  }
  return lines
}

/** Takes an opened line through the remaining steps, until it ends. Never throws. */
export function finishLine(line: LineState, context: LineContext, lineNo: number): void {
  for (const step of lineSteps) {
    if (line.endedIn !== '') return
    try {
      step.read(line, context, lineNo)
    } catch (thrown) {
      // Anything but an AppError is a defect of ours: the line is kept with that reason, and its neighbours go on.
      line.fault = thrown instanceof AppError ? thrown : new AppError('LINE_NOT_READ', messageOf(thrown), { cause: thrown })
    }
    if (isEnded(line)) line.endedIn = step.name
  }
}
