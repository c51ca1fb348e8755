import { useAsked, useConsole } from '../state/console-state.ts'
import { linkTo, type Place } from '../state/place.ts'
import { type Answer, answerPath, readable, Sureness } from '../view/answer.ts'
import { Frame } from '../view/figure.ts'
import { html } from '../view/html.ts'
import { shortMoment } from '../words/times.ts'
import { Severity } from './severity.ts'

/** Questions that are asked of every visit: where each leads, and what it asks in a few words. */
const asked: readonly { question: string; page: string; asks: string }[] = [
  { question: 'egress', page: 'providers', asks: 'Are providers well?' },
  { question: 'first', page: 'pools', asks: 'Which pool fills first?' },
  { question: 'verdict', page: 'fallbacks', asks: 'Do retries and fallbacks help?' },
  { question: 'why', page: 'latency', asks: 'Did it get slower, and why?' },
  { question: 'unexpected', page: 'cost', asks: 'Does anything cost more than usual?' },
  { question: 'suspects', page: 'security', asks: 'Does anyone knock who should not?' },
  { question: 'gaps', page: 'pipeline', asks: 'Can the figures be trusted?' },
]

interface AlertRow {
  readonly fingerprint: string
  readonly rule: string
  readonly state: string
  readonly severity: string
  readonly summary: string
  readonly since: string
  readonly acknowledged_by: string
}

/** What needs the reader, in words: alerts that fire, findings that are not calm, and in small what is as it should be. */
export function StandsOut() {
  const { place, nowMs } = useConsole()
  const answers = asked.map(one => ({ ...one, ...useAsked<Answer>(answerPath(one.question, place, nowMs(), { isRanged: false })) }))
  const alerts = useAsked<{ alerts: readonly AlertRow[] }>('/v1/alerts?state=firing')
  const firing = (alerts.data?.alerts ?? []).toSorted((one, other) => rank(one.severity) - rank(other.severity))
  const loud = answers.filter(({ data, question }) => data && (question === 'first' ? isInSight(data) : !data.is_calm))
  const calm = answers.filter(({ data }) => data && !loud.some(one => one.data === data))
  const isWaiting = answers.every(({ data, fault }) => data === undefined && fault === undefined)
  const pages = firing.filter(({ severity }) => severity === 'page').length
  const title = isWaiting ? 'Looking …' : headline(loud.length, pages)
  return html`<header class="page-head"><h1>${title}</h1></header>
    <div class="split">
      <${Frame} title="What stands out" question="Answers from settled figures, the evidence one click away">
        ${
          isWaiting
            ? html`<div class="waiting"></div>`
            : loud.length === 0
              ? html`<p class="empty">No question of the list beside has an answer that needs you.</p>`
              : html`<ol class="findings">${loud.map(
                  one => html`<${Finding} answer=${one.data} page=${one.page} asks=${one.asks}
                place=${place} />`,
                )}</ol>`
        }
      </${Frame}>
      <div>
        <${Firing} firing=${firing} isKnown=${alerts.data !== undefined} />
        <${Calm} answers=${calm} place=${place} />
      </div>
    </div>`
}

function headline(findings: number, pages: number): string {
  if (findings === 0 && pages === 0) return 'Nothing stands out'
  const parts = [
    findings > 0 && `${findings} ${findings === 1 ? 'thing stands' : 'things stand'} out`,
    pages > 0 && `${pages} ${pages === 1 ? 'page fires' : 'pages fire'}`,
  ]
  return parts.filter(Boolean).join(', ')
}

/** A pool that fills is worth telling before it alarms. */
function isInSight({ findings, is_calm }: Answer): boolean {
  return !is_calm || findings.some(finding => finding['state'] === 'in sight' || finding['state'] === 'saturated')
}

function Finding({ answer, page, asks, place }: { answer: Answer; page: string; asks: string; place: Place }) {
  const { nowMs } = useConsole()
  const since = answer.findings.find(finding => typeof finding['since'] === 'string')?.['since'] as string | undefined
  return html`<li>
    <span><${Sureness} confidence=${answer.confidence} /></span>
    <div>
      <p class="finding-text">${readable(answer.sentence, atMs => shortMoment(atMs, nowMs(), place.zone))}</p>
      <p class="finding-note">
        <a href=${linkTo(place, page)}>${asks}</a>
        ${since !== undefined && ` · since ${shortMoment(Date.parse(since), nowMs(), place.zone)}`}
        ${answer.would_change !== null && ` · ${answer.would_change}`}
      </p>
    </div>
  </li>`
}

function Firing({ firing, isKnown }: { firing: readonly AlertRow[]; isKnown: boolean }) {
  const { place, nowMs } = useConsole()
  if (!isKnown) return null
  const shown = firing.slice(0, 5)
  return html`<${Frame} title="Alerts that fire" tools=${html`<a class="quiet" href=${linkTo(place, 'alerts')}>All</a>`}>
    ${
      shown.length === 0
        ? html`<p class="small">None.</p>`
        : html`<ul class="calm">
            ${shown.map(
              alert => html`<li>
                <${Severity} severity=${alert.severity} /> <a
                  href=${linkTo(place, 'alerts', { item: alert.fingerprint })}>${alert.summary}</a>
                <span
                  class="small"> since ${shortMoment(Date.parse(alert.since), nowMs(), place.zone)}${
                    alert.acknowledged_by && `, taken on by ${alert.acknowledged_by}`
                  }</span>
              </li>`,
            )}
          </ul>`
    }
    ${firing.length > shown.length && html`<p class="small">and ${firing.length - shown.length} more</p>`}
  </${Frame}>`
}

function Calm({ answers, place }: { answers: readonly { data: Answer | undefined; page: string; asks: string }[]; place: Place }) {
  const { nowMs } = useConsole()
  if (answers.length === 0) return null
  return html`<${Frame} title="Looked at, and calm">
    <ul class="calm">
      ${answers.map(
        ({ data, page, asks }) => html`<li><strong><a href=${linkTo(place, page)}>${asks}</a></strong> <span
        class="small">${readable(data?.sentence ?? '', atMs => shortMoment(atMs, nowMs(), place.zone))}</span></li>`,
      )}
    </ul>
  </${Frame}>`
}

function rank(severity: string): number {
  return ['page', 'ticket', 'info'].indexOf(severity)
}
