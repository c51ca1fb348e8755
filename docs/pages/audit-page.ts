/** docs/audit.md: what the audit asks and what each of its checks looks at. Written from services/answers/audit. */
import { AUDIT_QUESTIONS, LAYERS } from '../../services/answers/audit/check.ts'
import { checks } from '../../services/answers/audit/checks.ts'
import { table } from './markdown.ts'

/** The whole page. */
export function auditPage(): string {
  const asked = AUDIT_QUESTIONS.map(({ id, asks, good }) => [`**${asks}**`, good, checksOf(id)])
  const layers = LAYERS.map(layer => {
    const rows = checks.filter(check => check.layer === layer).map(({ id, does }) => [`\`${id}\``, does])
    return `### ${layer}\n\n${table(['check', 'a platform that passes'], rows)}`
  })
  return `${[HEAD, table(['question', 'good answer', 'decided by'], asked), '## Layers', ...layers, MANIFESTS].join('\n\n')}\n`
}

const checksOf = (id: (typeof AUDIT_QUESTIONS)[number]['id']) =>
  checks
    .filter(({ decides }) => decides.includes(id))
    .map(check => `\`${check.id}\``)
    .join(', ')

const HEAD = `# Audit

Written from the code by \`node bin/write-docs.mjs\`; do not edit.

\`weir audit\` and \`GET /v1/audit\` judge the platform by its own traffic, of the last day unless told: six questions, each answered
yes, no or cannot tell, with the numbers that decided it and what to do next. A question has its good answer if some of its checks passes
and none fails; one that fails decides against; what cannot be told decides nothing. A layer without traffic is not judged.

Ask for a week with \`weir audit --since 7d\`, for a page of one's own with \`weir audit --format markdown\` or html, and with
\`weir audit --manifests FILE\` hold what kubectl gave against what traffic shows. \`npm run report -- --audit FILE…\` does the same for
log files, without a server.`

const MANIFESTS = `## With manifests

\`--manifests\` takes a file or folder of YAML or JSON as \`kubectl get gateways,httproutes,inferencepools -A -o yaml\` gives it: Gateway,
HTTPRoute, GRPCRoute, AIGatewayRoute, InferencePool, InferenceObjective (InferenceModel), BackendTrafficPolicy and EnvoyProxy; other kinds
are left out. Told is only what does not go together: a route without a timeout whose attempts time out or whose retries storm, further
tries on a route that storms, requests that went where their route does not send them, a route or pool that no request takes, a pool that
no route reaches, without an endpoint picker or without a priority, proxies without an access log, and routes with traffic that nobody
declared. A route is matched by its name as gateways log it (Envoy Gateway: \`httproute/<namespace>/<name>/…\`), an upstream by its name
among the words of a backend's.`
