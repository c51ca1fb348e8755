/** A line of a Kubernetes container log as the runtime writes it (CRI): time, stream, P (a part, more follows) or F (the end), text. */
export interface CriLine {
  stream: string
  isPart: boolean
  text: string
}

const CRI = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d) (stdout|stderr) ([PF])(?::[^ ]*)? (.*)$/s

/** Takes a CRI line apart; undefined when it is none. */
export function parseCriLine(text: string): CriLine | undefined {
  const match = CRI.exec(text.endsWith('\r') ? text.slice(0, -1) : text)
  return match === null ? undefined : { stream: match[1] as string, isPart: match[2] === 'P', text: match[3] as string }
}
