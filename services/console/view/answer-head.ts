import { type Asked, useAsked, useConsole } from '../state/console-state.ts'
import { shortMoment } from '../words/times.ts'
import { type Answer, answerPath, readable, Sureness } from './answer.ts'
import { type Child, html } from './html.ts'

/** The top of a page: its title, and what stands below in one sentence. */
export function PageHead({ title, children }: { title: string; children?: Child }) {
  return html`<header class="page-head"><h1>${title}</h1>${children}</header>`
}

/** The answer to a page's question about the place. */
export function useAnswer(question: string, { isRanged = true } = {}): Asked<Answer> & { again: () => void } {
  const { place, nowMs } = useConsole()
  return useAsked<Answer>(answerPath(question, place, nowMs(), { isRanged }))
}

/** The top of a page whose question is answered: the answer's sentence, how sure it is, what was missing and what would turn it. */
export function AnswerHead({ title, asked }: { title: string; asked: Asked<Answer> & { again: () => void } }) {
  const { data, fault } = asked
  return html`<${PageHead} title=${title}>
    ${data === undefined && fault === undefined && html`<p class="lead">Looking …</p>`}
    ${data === undefined && fault !== undefined && fault.status !== 403 && html`<p class="lead">No answer: ${fault.message}</p>`}
    ${data && html`<${AnswerText} answer=${data} />`}
  </${PageHead}>`
}

/** An answer in words. */
export function AnswerText({ answer }: { answer: Answer }) {
  const { place, nowMs } = useConsole()
  const words = (text: string) => readable(text, atMs => shortMoment(atMs, nowMs(), place.zone))
  const { requests, minutes } = answer.sample
  return html`<p class="lead">${words(answer.sentence)}</p>
    <p class="small">
      <${Sureness} confidence=${answer.confidence} />${' '}
      from ${requests.toLocaleString()} requests in ${minutes.toLocaleString()} ${minutes === 1 ? 'minute' : 'minutes'}
      ${answer.would_change !== null && html` · what would change it: ${words(answer.would_change)}`}
    </p>
    ${answer.missing.length > 0 && html`<p class="small">Missing: ${answer.missing.join('; ')}.</p>`}`
}

/** Findings one below the other; `first` of them, the others on demand. */
export function Findings({ answer, first = 8 }: { answer: Answer; first?: number }) {
  const { place, nowMs } = useConsole()
  const shown = answer.findings.slice(0, first)
  const rest = answer.findings.slice(first)
  const row = (finding: Answer['findings'][number]) => html`<li>
    <span class="finding-marks">${verdictMark(finding)}<${Sureness} confidence=${finding.confidence} /></span>
    <p class="finding-text">${readable(finding.sentence, atMs => shortMoment(atMs, nowMs(), place.zone))}</p>
  </li>`
  return html`<ol class="findings">${shown.map(row)}</ol>
    ${
      rest.length > 0 &&
      html`<details class="rest"><summary>${rest.length} more</summary><ol
      class="findings">${rest.map(row)}</ol></details>`
    }`
}

const loud: readonly string[] = ['hurts', 'failing', 'saturated', 'worse', 'over', 'breach', 'down']
const watched: readonly string[] = ['in sight', 'slow', 'limited', 'drifting', 'high', 'without']
const fine: readonly string[] = ['helps', 'healthy', 'recovered', 'better', 'free']

/** What a finding says in a word, with a sign: only words that its question gives. */
function verdictMark(finding: Answer['findings'][number]): Child {
  const word = [finding['verdict'], finding['state'], finding['kind']].find(value => typeof value === 'string' && value !== '')
  if (typeof word !== 'string') return null
  const [kind, sign] = loud.includes(word)
    ? ['is-bad', '■']
    : watched.includes(word)
      ? ['is-warn', '▲']
      : fine.includes(word)
        ? ['is-good', '●']
        : ['', '○']
  return html`<span class=${`mark ${kind}`}><span aria-hidden="true">${sign}</span> ${word.replaceAll('_', ' ')}</span>`
}
