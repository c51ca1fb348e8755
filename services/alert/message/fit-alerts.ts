import type { NotifiedAlert } from '../notification.ts'

const MOST_OF_VALUE = 300
const MOST_LABELS = 40
const MOST_FACTS = 60
const MOST_OF_DESCRIPTION = 4_000

/**
 * The longest run of first alerts whose body is at most `mostBytes` long (UTF-8), as `build` makes it of them. Alerts are sorted, the one
 * to act on first, so what is left out matters least.
 */
export function fitAlerts(
  alerts: readonly NotifiedAlert[],
  mostBytes: number,
  build: (alerts: readonly NotifiedAlert[]) => unknown,
): string {
  const bodyOf = (count: number) => JSON.stringify(build(alerts.slice(0, count)))
  const fits = (body: string) => Buffer.byteLength(body) <= mostBytes
  const whole = alerts.length > 200 ? undefined : bodyOf(alerts.length)
  if (whole !== undefined && fits(whole)) return whole
  let [fitting, tooMany] = [0, alerts.length + 1]
  while (tooMany - fitting > 1) {
    const middle = Math.floor((fitting + tooMany) / 2)
    if (fits(bodyOf(middle))) fitting = middle
    else tooMany = middle
  }
  return bodyOf(fitting)
}

/** The alert with well-formed text of bounded length: what a program reads is left as it is otherwise. */
export function boundedAlert(alert: NotifiedAlert): NotifiedAlert {
  const bounded = <T>(values: Readonly<Record<string, T>>, most: number) =>
    Object.fromEntries(
      Object.entries(values)
        .slice(0, most)
        .map(([key, value]) => [key, typeof value === 'string' ? cut(value, MOST_OF_VALUE) : value]),
    ) as Record<string, T>
  return {
    ...alert,
    labels: bounded(alert.labels, MOST_LABELS),
    facts: bounded(alert.facts, MOST_FACTS),
    summary: cut(alert.summary, MOST_OF_VALUE),
    description: cut(alert.description, MOST_OF_DESCRIPTION),
  }
}

function cut(text: string, most: number): string {
  const characters = text.length <= most ? undefined : [...text.slice(0, most * 2 + 2)]
  return (characters === undefined || characters.length <= most ? text : characters.slice(0, most).join('')).toWellFormed()
}
