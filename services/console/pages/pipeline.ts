import { BoardOf } from '../panels/board.ts'
import { useAsked, useConsole } from '../state/console-state.ts'
import { linkTo, queryOf } from '../state/place.ts'
import { AnswerText, Findings, PageHead, useAnswer } from '../view/answer-head.ts'
import { Body, Frame } from '../view/figure.ts'
import { html } from '../view/html.ts'
import { KeyFigures } from '../view/key-figures.ts'
import { countText } from '../words/numbers.ts'
import { momentText } from '../words/times.ts'

type Cells = Readonly<Record<string, unknown>>
interface Completeness {
  readonly lines: number | null
  readonly attempts_rows: number
  readonly duplicates: number | null
  readonly conflicts: number
  readonly unseen_attempts: number
  readonly settled_windows: number
  readonly unsettled_windows: number
  readonly dead_letters: number | null
  readonly parked_lines: number | null
  readonly parked: readonly Cells[] | null
  readonly balance: readonly (Cells & { is_balanced: boolean })[] | null
  readonly latest_dead_letters: readonly Cells[] | null
  readonly latest_conflicts: readonly Cells[] | null
}

/** Whether the figures can be trusted: what arrived, whether the books balance, what could not be read. */
export function Pipeline() {
  const { place, nowMs } = useConsole()
  const asked = useAsked<Completeness>(`/v1/completeness?${queryOf(place, nowMs())}`)
  const gaps = useAnswer('gaps', { isRanged: false })
  const { data } = asked
  return html`<${PageHead} title="Pipeline"><p class="lead">${data ? lead(data) : 'Looking …'}</p></${PageHead}>
    ${data && html`<${KeyFigures} figures=${figuresOf(data)} />`}
    <${Frame} title="What the figures lack" question="Can it be billed?">
      <${Body} asked=${gaps} isEmpty=${false}>${
        gaps.data &&
        html`<${AnswerText} answer=${gaps.data} /><${Findings}
        answer=${gaps.data} first=${5} />`
      }</${Body}>
    </${Frame}>
    <${DeadLetters} asked=${asked} />
    <${BoardOf} name="pipeline" without=${['dead-letters']} />`
}

function lead({ balance, dead_letters, unsettled_windows, parked_lines }: Completeness): string {
  const isBalanced = balance === null || balance.every(({ is_balanced }) => is_balanced)
  const parts = [
    isBalanced ? 'Every line that came is accounted for' : 'Some lines are not accounted for yet',
    dead_letters ? `${countText(dead_letters)} could not be read` : dead_letters === 0 ? 'all could be read' : '',
    parked_lines ? `${countText(parked_lines)} wait, parked` : '',
    unsettled_windows > 0
      ? `${unsettled_windows} ${unsettled_windows === 1 ? 'minute is' : 'minutes are'} still being settled`
      : 'all minutes are settled',
  ]
  return `${parts.filter(Boolean).join('; ')}.`
}

function figuresOf(data: Completeness) {
  return [
    { title: 'Lines', value: data.lines, unit: 'short', note: `${countText(data.attempts_rows)} attempts in them` },
    { title: 'Settled minutes', value: data.settled_windows, unit: 'short', note: `${data.unsettled_windows} to come` },
    { title: 'Sent twice', value: data.duplicates, unit: 'short', note: 'counted once' },
    { title: 'Conflicts', value: data.conflicts, unit: 'short', note: 'one identity, two contents' },
    { title: 'Attempts without a line', value: data.unseen_attempts, unit: 'short', note: 'only counted by gateways' },
    { title: 'Dead letters', value: data.dead_letters, unit: 'short', note: 'kept whole' },
  ]
}

/** What could not be read: each line whole, with its reason. */
function DeadLetters({ asked }: { asked: ReturnType<typeof useAsked<Completeness>> }) {
  const { place } = useConsole()
  const letters = asked.data?.latest_dead_letters
  if (letters === null) return null
  return html`<${Frame} title="Dead letters" question="What could not be read?" counts="the latest; the line, kept whole, and why">
    <${Body} asked=${asked} isEmpty=${(letters ?? []).length === 0} empty=${html`<p class="small">None in this range.</p>`}>
      <ul class="calm">${(letters ?? []).map(
        letter => html`<li>
          <strong>${String(letter['code'])}</strong>${' '}
          <span class="small">
            ${momentText(Date.parse(String(letter['received_at'])), place.zone)}, source ${letter['source'] || '(none)'}
          </span>
          <p class="finding-text small">${String(letter['message'] ?? '')}</p>
          ${
            letter['line']
              ? html`<details class="rest"><summary>The line</summary><pre class="line"
            tabindex="0">${String(letter['line'])}</pre></details>`
              : null
          }
        </li>`,
      )}</ul>
      <p class="small">Mend the sender, or describe its lines in a mapping file, and have it send them again: what comes twice
        counts once. <a href=${linkTo(place, 'connect')}>How to send</a></p>
    </${Body}>
  </${Frame}>`
}
