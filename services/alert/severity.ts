/**
 * How loud an alert is. page: somebody is woken; ticket: somebody looks within days; info: kept and shown, sent where a route asks for it.
 */
export const SEVERITIES = ['page', 'ticket', 'info'] as const
export type Severity = (typeof SEVERITIES)[number]
