import { useAsked, useConsole } from '../state/console-state.ts'
import { linkTo, queryOf } from '../state/place.ts'
import { PageHead } from '../view/answer-head.ts'
import { Body, Frame } from '../view/figure.ts'
import { html } from '../view/html.ts'
import { countText, durationText, moneyText, NOTHING } from '../words/numbers.ts'
import { momentText, zoneName } from '../words/times.ts'
import type { Attempt, ListedRequest } from './request-shape.ts'

/** What happened to one request, in order. */
export function OneRequest({ requestId }: { requestId: string }) {
  const { place, nowMs } = useConsole()
  const query = queryOf(place, nowMs())
  query.set('request_id', requestId)
  const asked = useAsked<{ requests: readonly ListedRequest[] }>(`/v1/requests?${query}`)
  const found = asked.data?.requests[0]
  return html`<${PageHead} title=${found ? sentenceOf(found) : 'Request'}>
      <p class="small links"><a href=${linkTo({ ...place, own: {} }, 'requests')}>All requests</a></p>
    </${PageHead}>
    <${Frame} title="Attempts in order" question="What happened?" counts="grey: waiting for an engine; the gap in a bar: its first token">
      <${Body} asked=${asked} isEmpty=${asked.data !== undefined && found === undefined} empty=${html`<p
        class="empty">There is no such request in this range, or it is not yours to see.</p>`}>
        ${found && html`<${Waterfall} request=${found} />`}
      </${Body}>
    </${Frame}>
    ${found && html`<${Frame} title="The request"><${Facts} request=${found} /></${Frame}>`}`
}

function sentenceOf({ tenant_id, route, attempts, duration_ms, outcome }: ListedRequest): string {
  const ends =
    outcome === 'ok' ? `was answered after ${durationText(duration_ms)}` : `ended with ${outcome} after ${durationText(duration_ms)}`
  const targets = attempts.map(targetOf)
  const way = attempts.length === 1 ? `by ${targets[0]}` : `in ${attempts.length} attempts: ${targets.join(', then ')}`
  return `A request of ${tenant_id || 'nobody known'} on ${route || 'no route'} ${ends} ${way}`
}

const targetOf = (attempt: Attempt) => attempt.pool || attempt.provider || 'no target'

function Waterfall({ request }: { request: ListedRequest }) {
  const startMs = Date.parse(request.started_at)
  const endOf = (attempt: Attempt) => Date.parse(attempt.started_at) + (attempt.duration_ms ?? 0)
  const spanMs = Math.max(1, request.duration_ms, ...request.attempts.map(attempt => endOf(attempt) - startMs))
  const unseen = request.attempts_reported - request.attempts.length
  return html`${
    unseen > 0 &&
    html`<p
    class="small">The gateway counted ${request.attempts_reported} attempts and wrote no line of ${unseen} of them.</p>`
  }
    <ol class="waterfall">${request.attempts.map(
      attempt => html`<${Bar} attempt=${attempt} startMs=${startMs}
    spanMs=${spanMs} />`,
    )}</ol>`
}

function Bar({ attempt, startMs, spanMs }: { attempt: Attempt; startMs: number; spanMs: number }) {
  const at = (ms: number) => Math.max(0, Math.min(1000, (ms / spanMs) * 1000))
  const from = Date.parse(attempt.started_at) - startMs
  const took = attempt.duration_ms ?? spanMs - from
  const width = Math.max(3, at(took))
  const waited = attempt.queue_ms === null ? 0 : at(Math.min(attempt.queue_ms, took))
  const kind = attempt.is_fallback ? 'fallback' : attempt.is_retry ? 'retry' : ''
  const cost =
    attempt.list_cost === null
      ? (attempt.unpriced_reason ?? '').replaceAll('_', ' ')
      : moneyText(Number(attempt.list_cost), attempt.currency || 'USD')
  return html`<li>
    <div>
      <p><strong>${attempt.attempt_no}. ${targetOf(attempt)}</strong> ${kind && html`<span class="mark">${kind}</span>`}</p>
      <p class="small">${attempt.response_model || attempt.request_model}</p>
    </div>
    <div>
      <svg viewBox="0 0 1000 26" preserveAspectRatio="none" role="img"
        aria-label=${`from ${durationText(from)} on, ${attempt.duration_ms === null ? 'its end is not known' : durationText(took)}`}>
        <rect x=${at(from)} y="4" width=${width} height="18" rx="3" class=${attempt.outcome === 'ok' ? 'attempt-ok' : 'attempt-bad'} />
        ${waited > 0 && html`<rect x=${at(from)} y="4" width=${waited} height="18" class="wait" />`}
        ${
          attempt.ttft_ms !== null &&
          html`<line
          class="first-token" x1=${at(from + attempt.ttft_ms)} x2=${at(from + attempt.ttft_ms)} y1="4" y2="22" />`
        }
      </svg>
      <p class="small">
        <${OutcomeMark} outcome=${attempt.outcome}
          /> ${attempt.status_code || ''} ${attempt.error_class.replaceAll('_', ' ')} ${attempt.error_detail}
        ${` · ${attempt.duration_ms === null ? 'end unknown' : durationText(attempt.duration_ms)}`}
        ${attempt.ttft_ms !== null && `, first token after ${durationText(attempt.ttft_ms)}`}
        ${` · ${tokensOf(attempt)} · ${cost}${attempt.is_wasted ? ' · wasted' : ''}`}
      </p>
    </div>
  </li>`
}

function tokensOf({ input_tokens, output_tokens, usage_quality }: Attempt): string {
  if (input_tokens === null && output_tokens === null) return `usage ${usage_quality || 'unknown'}`
  const quality = usage_quality === 'reported' ? '' : ` (${usage_quality})`
  return `${countText(input_tokens ?? 0)} tokens in, ${countText(output_tokens ?? 0)} out${quality}`
}

function Facts({ request }: { request: ListedRequest }) {
  const { place } = useConsole()
  const facts: readonly (readonly [title: string, value: unknown])[] = [
    ['Request', request.request_id],
    ['Started', `${momentText(Date.parse(request.started_at), place.zone)} ${zoneName(place.zone)}`],
    ['Tenant', request.tenant_id],
    ['Key', request.api_key_id],
    ['User', request.user_id],
    ['Gateway', request.gateway],
    ['Priority', request.priority],
    ['Trace', request.trace_id],
    ['Attempts that the gateway counted', request.attempts_reported],
    ['List cost', request.list_cost === null ? NOTHING : `${request.list_cost} ${request.currency}`],
  ]
  return html`<dl
    class="facts">${facts.map(([title, value]) => html`<div><dt>${title}</dt><dd><bdi>${String(value) || NOTHING}</bdi></dd></div>`)}</dl>`
}

const outcomes: Readonly<Record<string, readonly [kind: string, sign: string, word: string]>> = {
  ok: ['is-good', '●', 'answered'],
  error: ['is-bad', '■', 'failed'],
  rejected: ['is-warn', '▲', 'refused'],
  cancelled: ['', '○', 'cut by the client'],
}

/** How something ended, as a sign and a word. */
export function OutcomeMark({ outcome }: { outcome: string }) {
  const [kind, sign, word] = outcomes[outcome] ?? ['', '○', outcome]
  return html`<span class=${`mark ${kind}`}><span aria-hidden="true">${sign}</span> ${word}</span>`
}
