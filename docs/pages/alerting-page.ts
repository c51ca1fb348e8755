/** docs/alerting.md: who is told of what, and how. Written from services/alert; other parts of alerting add their sections here. */
import { decidingSections } from './alerting-deciding.ts'
import { evaluatorSections } from './alerting-evaluators.ts'
import { receivingSections } from './alerting-receivers.ts'
import { ruleSections } from './alerting-rules.ts'

/** The whole page. */
export function alertingPage(): string {
  return `${[HEAD, ...ruleSections(), ...decidingSections(), ...receivingSections(), ...evaluatorSections()].join('\n\n')}\n`
}

const HEAD = `# Alerting

Written from the code by \`node bin/write-docs.mjs\`; do not edit.

\`alert\` holds rules against settled figures and answers, and tells people. Without a file of its own it uses the rules that come
with Weir and tells the log. \`WEIR_ALERTS_FILE\` names a YAML file that says who else is told; \`weir alert --check\` reads it
and names all of its faults with their lines. It and its rules are read again when they change; with a fault in them, what was in force
stays and the log says why.`
