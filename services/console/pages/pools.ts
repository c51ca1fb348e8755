import { BoardOf } from '../panels/board.ts'
import { useConsole } from '../state/console-state.ts'
import { linkTo } from '../state/place.ts'
import { type Answer, readable, Sureness } from '../view/answer.ts'
import { AnswerHead, useAnswer } from '../view/answer-head.ts'
import { html } from '../view/html.ts'
import { durationText, shareText } from '../words/numbers.ts'
import { shortMoment } from '../words/times.ts'

type Finding = Answer['findings'][number]

/** Which pool fills first: a card a pool, soonest first, then all on one time axis. */
export function Pools() {
  const asked = useAnswer('first', { isRanged: false })
  const findings = asked.data?.findings ?? []
  return html`<${AnswerHead} title="Pools" asked=${asked} />
    ${findings.length > 0 && html`<ul class="cards">${findings.map(finding => html`<${PoolCard} finding=${finding} />`)}</ul>`}
    <${BoardOf} name="pools" />`
}

function PoolCard({ finding }: { finding: Finding }) {
  const { place, nowMs } = useConsole()
  const state = String(finding['state'] ?? '')
  const kind = state === 'saturated' ? ['is-bad', '■'] : state === 'in sight' ? ['is-warn', '▲'] : ['is-good', '●']
  const index = finding['index'] as number | null | undefined
  const bound = String(finding['bound'] ?? '')
  const growers = (finding['growers'] ?? []) as readonly { tenant_id: string; route: string; share: number }[]
  return html`<li class="card">
    <h2><a href=${linkTo(place, 'pools', { filters: { pool: [String(finding['pool'])] } })}>${String(finding['pool'])}</a></h2>
    <p class="small">${String(finding['model'] ?? '')}</p>
    <p class="pool-state">
      <span class="key-value">${timeToFull(finding)}</span>
      <span class=${`mark ${kind[0]}`}><span aria-hidden="true">${kind[1]}</span> ${state}</span> <${Sureness}
        confidence=${finding.confidence} />
    </p>
    ${
      index != null &&
      html`<p
      class="small">${shareText(index)} full${bound && `, bound by ${boundWords[bound] ?? bound}`}</p>`
    }
    <p class="finding-text small">${readable(finding.sentence, atMs => shortMoment(atMs, nowMs(), place.zone))}</p>
    ${
      growers.length > 0 &&
      html`<p
      class="small">Grows by ${growers
        .slice(0, 3)
        .map(({ tenant_id, route, share }) => `${tenant_id || 'others'}${route && ` on ${route}`} (${shareText(share)})`)
        .join(', ')}</p>`
    }
  </li>`
}

const boundWords: Readonly<Record<string, string>> = { kv: 'its cache', prefill: 'reading prompts', slots: 'its slots', queue: 'its queue' }

function timeToFull(finding: Finding): string {
  const [soonest, latest] = [finding['minutes_earliest'], finding['minutes_latest']] as [
    number | null | undefined,
    number | null | undefined,
  ]
  if (finding['state'] === 'saturated') return 'full'
  if (soonest == null) return 'not in sight'
  const text = (minutes: number) => durationText(Math.max(0, Math.round(minutes)) * 60_000)
  if (latest == null) return `not before ${text(soonest)}`
  return Math.round(soonest) === Math.round(latest) ? `full in ${text(latest)}` : `full in ${Math.round(soonest)}–${text(latest)}`
}
