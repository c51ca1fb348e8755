/** What a program wrote before each line that it passed on. */
interface TextPrefix {
  name: string
  /** What writes it. */
  doc: string
  /** Matches the prefix; what follows it is the line. */
  pattern: RegExp
  /** It is unlikely that a program begins its own lines so: text behind it is other output, and not a line that cannot be read. */
  isSure: boolean
}

/** An element of structured data (RFC 5424, 6.3); values may hold escaped brackets. */
const SYSLOG_DATA = String.raw`\[[^\]"\s]+(?: [^=\s]+="(?:[^"\\\]]|\\.)*")*\]`
const TIME = String.raw`\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?`

/** Tried in this order: those that hold another one first. */
export const textPrefixes: readonly TextPrefix[] = [
  {
    name: 'kubectl',
    doc: '`kubectl logs --prefix`',
    pattern: /^\[pod\/[^\]\s]+\] /,
    isSure: true,
  },
  {
    name: 'syslog-5424',
    doc: 'syslog, RFC 5424; also with the octet count of RFC 6587',
    // PRI, version, time, host, application, process, message id, structured data (values may hold escaped brackets), a byte order mark.
    pattern: new RegExp(String.raw`^(?:\d{1,7} )?<\d{1,3}>\d{1,2} \S{1,40} \S{1,255}(?: \S{1,128}){3} (?:-|(?:${SYSLOG_DATA})+) ?\uFEFF?`),
    isSure: true,
  },
  {
    name: 'syslog-3164',
    doc: 'syslog, RFC 3164, and `journalctl` as text',
    pattern:
      /^(?:<\d{1,3}>)?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d \d\d:\d\d:\d\d \S{1,255} [^\s:[]{1,64}(?:\[\d+\])?: ?/,
    isSure: true,
  },
  { name: 'compose', doc: '`docker compose logs`', pattern: /^[\w.-]{1,128} +\| /, isSure: false },
  {
    name: 'logcli',
    doc: '`logcli query`: time and labels',
    pattern: new RegExp(String.raw`^${TIME} \{(?:\w+="(?:[^"\\]|\\.)*"(?:, ?)?)*\} +`),
    isSure: true,
  },
  {
    name: 'aws-tail',
    doc: '`aws logs tail`: time and stream',
    pattern: new RegExp(String.raw`^${TIME} [^\s{}"=]{1,512} (?=[{[])`),
    isSure: false,
  },
  { name: 'timestamps', doc: '`kubectl logs --timestamps`, `docker logs --timestamps`', pattern: new RegExp(`^${TIME} `), isSure: false },
]

/** The line behind a known prefix; undefined when there is none. */
export function behindPrefix(text: string): { name: string; text: string; isSure: boolean } | undefined {
  for (const { name, pattern, isSure } of textPrefixes) {
    const match = pattern.exec(text)
    if (match !== null) return { name, text: text.slice(match[0].length), isSure }
  }
  return undefined
}
