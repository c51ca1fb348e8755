import { buildAudit } from '../../answers/audit/audit.ts'
import { readAuditFacts } from '../../answers/audit/facts.ts'
import { auditMarkdown } from '../../answers/audit/render-markdown.ts'
import { holdAgainstTraffic } from '../../answers/manifests/hold-against-traffic.ts'
import { parseManifests } from '../../answers/manifests/parse-manifests.ts'
import { DAY } from '../../platform/clock.ts'
import { periodOf, periodOptions } from '../answers/period-options.ts'
import { type Command, choiceOf, type SubCommand, textOf } from '../command.ts'
import { auditText } from './audit-text.ts'
import { readManifestFiles } from './manifest-files.ts'

const { tenant: _tenant, ...period } = periodOptions

const audit: SubCommand = {
  does: 'Walks the platform layer by layer and answers six questions from live data, each with evidence and the next step.',
  options: {
    ...period,
    manifests: { value: 'FILE', does: 'file or folder of manifests (kubectl get -o yaml) to hold against what traffic shows' },
    format: { value: 'text|json|markdown', does: 'how the result is printed (default text)' },
  },
  async run(given, { print, note, now, openClickHouse }) {
    const format = choiceOf(given, 'format', ['text', 'json', 'markdown'])
    const { fromMs, toMs } = periodOf(given, { nowMs: now(), defaultMs: DAY })
    const path = textOf(given, 'manifests')
    const declared = path === undefined ? undefined : parseManifests(await readManifestFiles(path))
    await using clickhouse = await openClickHouse()
    note(`reading ${clickhouse.place}`)
    const facts = await readAuditFacts({ fromMs, toMs, nowMs: now() }, { clickhouse })
    const found = buildAudit(facts, { fromMs, toMs }, declared && holdAgainstTraffic(declared, facts))
    if (format === 'json') print(JSON.stringify(found, null, 1))
    else print(format === 'markdown' ? auditMarkdown(found).trimEnd() : auditText(found))
    return 0
  },
}

/** `weir audit`: the platform judged from its traffic. */
export const auditCommand: Command = {
  name: 'audit',
  does: 'Audit of the platform: six questions, with evidence and next steps.',
  seeAlso: 'docs/audit.md says what each check looks at.',
  subCommands: { '': audit },
}
