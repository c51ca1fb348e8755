import { useEffect, useState } from 'preact/hooks'
import { useAsked, useConsole } from '../state/console-state.ts'
import { linkTo } from '../state/place.ts'
import { PageHead } from '../view/answer-head.ts'
import { Frame } from '../view/figure.ts'
import { html } from '../view/html.ts'
import type { ListedRequest } from './request-shape.ts'

/** Senders, and the files that say how: the same that the documentation shows and tests read. */
const senders: readonly { name: string; title: string; file: string; where: string }[] = [
  {
    name: 'envoy',
    title: 'Envoy',
    file: 'envoy.yaml',
    where: 'the listener’s filter of HTTP connections; Envoy Gateway and Envoy AI Gateway take it as an EnvoyPatchPolicy',
  },
  { name: 'litellm', title: 'LiteLLM', file: 'litellm.yaml', where: 'config.yaml of the proxy' },
  { name: 'kong', title: 'Kong', file: 'kong.yaml', where: 'the declarative configuration, beside the AI plugins' },
  { name: 'otel', title: 'OpenTelemetry', file: 'otel-collector.yaml', where: 'the collector; agentgateway and most SDKs send to it' },
  { name: 'fluent-bit', title: 'Fluent Bit', file: 'fluent-bit.yaml', where: 'its pipeline, behind a tail of the gateway’s log' },
  { name: 'vector', title: 'Vector', file: 'vector.yaml', where: 'its sinks, behind a source of the gateway’s log' },
  { name: 'prometheus', title: 'Prometheus', file: 'prometheus.yaml', where: 'prometheus.yml, for metrics of model servers' },
]
const ASK_EVERY_MS = 3_000

/** How to connect, and whether something has come. */
export function Connect() {
  const { place } = useConsole()
  const chosen = senders.find(({ name }) => name === place.item) ?? senders[0]
  if (chosen === undefined) return null
  return html`<${PageHead} title="Connect a gateway"><${Arrivals} /></${PageHead}>
    <${Frame} title="1. Who sends?">
      <nav class="choices" aria-label="Senders">${senders.map(
        ({ name, title }) => html`<a class="choice" href=${linkTo(place, 'connect', { item: name })}
          aria-current=${name === chosen.name ? 'true' : undefined}>${title}</a>`,
      )}</nav>
    </${Frame}>
    <${Frame} title="2. Copy this" counts=${chosen.where}><${Snippet} file=${chosen.file} /></${Frame}>
    <${Frame} title="3. Put in its place">
      <p><code>weir.example:8686</code>: the address of ingest. <code>TOKEN</code>: a sender's token; without a tokens
        file leave the header out.</p>
      <p class="small">Or try it at once:</p>
      <${Text} text=${CURL} />
    </${Frame}>`
}

const CURL = `curl -s http://localhost:8686/v1/access-logs -H 'content-type: application/json' -d '{
  "tenant_id":"acme","request_id":"r1","started_at":"'$(date -u +%FT%TZ)'","request_model":"gpt-4o",
  "upstream_kind":"provider","provider":"openai","input_tokens":1200,"output_tokens":210}'`

/** Waits for the first line, in words. */
function Arrivals() {
  const { place, nowMs } = useConsole()
  const [round, setRound] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => setRound(count => count + 1), ASK_EVERY_MS)
    return () => clearInterval(timer)
  }, [])
  const to = Math.ceil(nowMs() / 60_000) * 60_000 + 60_000
  const times = `from=${new Date(to - 3_600_000).toISOString()}&to=${new Date(to).toISOString()}`
  // The number makes each look a question of its own.
  const asked = useAsked<{ requests: readonly (ListedRequest & { attempts: readonly { source: string; dialect: string }[] })[] }>(
    `/v1/requests?${times}&limit=${1 + (round % 2)}`,
  )
  const first = asked.data?.requests[0]
  const attempt = first?.attempts[0]
  if (first === undefined) return html`<p class="lead" role="status">Waiting for a line … ${asked.fault?.message ?? ''}</p>`
  return html`<p class="lead"
    role="status">Lines come: from ${attempt?.source || 'a sender without a name'}, read as ${attempt?.dialect ?? 'unknown'}, tenant
    ${' '}${first.tenant_id || '(none)'}.
    ${' '}<a href=${linkTo(place, 'overview')}>See what stands out</a></p>`
}

function Snippet({ file }: { file: string }) {
  const [text, setText] = useState<string | undefined>(undefined)
  useEffect(() => {
    const stop = new AbortController()
    // Beside this very module, in the same version.
    fetch(new URL(`../../senders/${file}`, import.meta.url), { signal: stop.signal })
      .then(answer => answer.text())
      .then(setText, () => setText(undefined))
    return () => stop.abort()
  }, [file])
  return text === undefined ? html`<div class="waiting"></div>` : html`<${Text} text=${text} />`
}

function Text({ text }: { text: string }) {
  const [isCopied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    setCopied(true)
    setTimeout(() => setCopied(false), 2_000)
  }
  return html`<div class="snippet">
    <pre tabindex="0">${text}</pre>
    <button type="button" class="quiet" onClick=${() => void copy()}>${isCopied ? 'Copied' : 'Copy'}</button>
  </div>`
}
