/**
 * Lines that known programs print into the same output as a gateway's access log. They are skipped, for nothing of them is lost; any
 * other text is refused.
 */
export const otherTexts: readonly { doc: string; pattern: RegExp }[] = [
  {
    doc: 'Envoy’s own log (its default format, `[%Y-%m-%d %T.%e][%t][%l][%n] %v`)',
    pattern: /^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}\]\[\d+\]\[(?:trace|debug|info|warning|warn|error|critical)\]\[[\w.-]+\] /,
  },
  { doc: '`kubectl logs` without `-c`', pattern: /^Defaulted container "[^"]+" out of: / },
]

/** Whether a text is such a line. */
export function isOtherText(text: string): boolean {
  return otherTexts.some(({ pattern }) => pattern.test(text))
}
