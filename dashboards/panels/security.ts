/** Panels of who calls, and who is refused. */
import { asRows, figure, inTime, text } from '../define.ts'
import type { Panel } from '../panel.ts'

const common = { audience: 'tenant', variables: ['tenant_id', 'route'], isOfCallers: true } as const
const [line, bars, area] = [inTime('line', common), inTime('bars', common), inTime('area', common)]
const table = asRows('table', common)
const [tenant, key] = [text('tenant_id', 'Tenant'), text('api_key_id', 'Key')]
const attempts = figure('attempts', 'Attempts')

export const securityPanels: readonly Panel[] = [
  table(
    'refused-callers',
    [
      ...[tenant, key, text('client_ip_prefix', 'Network'), attempts, figure('auth_failures', 'For who called')],
      ...[figure('refused_model_attempts', 'Model not allowed'), figure('rate_limited_attempts', 'Rate, budget or load')],
      ...[figure('blocked_by_policy', 'Policy'), figure('refused_models', 'Different models refused')],
    ],
    { title: 'Who is refused', question: 'Is somebody at the door who should not be?', counts: 'attempts that gateways refused' },
  ),
  line('auth-failures', {
    ...{ title: 'Refused for who called', question: 'Attack or old key?', counts: 'attempts per step', unit: 'short' },
  }),
  bars('refusals', { title: 'Refusals', question: 'What are attempts refused for?', counts: 'attempts per step', unit: 'short' }),
  area('guardrails', {
    ...{ title: 'Guardrails', question: 'Whose prompts are stopped?', counts: 'attempts per step in which a guardrail intervened' },
    ...{ unit: 'short', top: 7 },
  }),
  table(
    'payloads',
    [
      ...[tenant, key, attempts, figure('request_bytes', 'Request, geometric mean', 'bytes')],
      ...[figure('output_ratio', 'Output by input tokens'), figure('different_prompts_ratio', 'Prompts that differ', 'percentunit')],
      figure('models', 'Models asked for'),
    ],
    { title: 'Payloads', question: 'Are there unusual sizes, or the same prompt again and again?', counts: 'attempts' },
  ),
  table(
    'keys',
    [
      ...[tenant, key, figure('requests', 'Requests'), figure('answered_attempts', 'Attempts ended well')],
      ...[
        figure('input_tokens', 'Input tokens'),
        figure('cached_input_tokens', 'Of them cached'),
        figure('output_tokens', 'Output tokens'),
      ],
    ],
    { title: 'Keys', question: 'Who inside a tenant uses it?', counts: 'requests; tokens', leadsTo: 'security' },
  ),
]
