import type { Audit } from '../../answers/audit/audit.ts'
import { auditHtml } from '../../answers/audit/render-html.ts'
import { auditMarkdown } from '../../answers/audit/render-markdown.ts'
import { auditText } from './audit-text.ts'

/** Shapes that the audit is printed in. */
export const AUDIT_FORMATS = ['text', 'json', 'markdown', 'html'] as const

/** The audit in each of them. */
export const auditFormats: Readonly<Record<(typeof AUDIT_FORMATS)[number], (audit: Audit) => string>> = {
  text: auditText,
  json: audit => JSON.stringify(audit, null, 1),
  markdown: auditMarkdown,
  html: auditHtml,
}
