import { buildAudit } from '../../answers/audit/audit.ts'
import { readAuditFacts } from '../../answers/audit/facts.ts'
import { holdAgainstTraffic } from '../../answers/manifests/hold-against-traffic.ts'
import { parseManifests } from '../../answers/manifests/parse-manifests.ts'
import { DAY } from '../../platform/clock.ts'
import { periodOf, periodOptions } from '../answers/period-options.ts'
import { type Command, choiceOf, type SubCommand, textOf } from '../command.ts'
import { AUDIT_FORMATS, auditFormats } from './audit-formats.ts'
import { readManifestFiles } from './manifest-files.ts'

const { tenant: _tenant, ...period } = periodOptions

const audit: SubCommand = {
  does: 'Walks the platform layer by layer and answers six questions from live data, each with evidence and the next step.',
  options: {
    ...period,
    manifests: { value: 'FILE', does: 'file or folder of manifests (kubectl get -o yaml) to hold against what traffic shows' },
    format: { value: AUDIT_FORMATS.join('|'), does: 'how the result is printed (default text)' },
  },
  async run(given, { print, note, now, openClickHouse }) {
    const format = choiceOf(given, 'format', AUDIT_FORMATS)
    const { fromMs, toMs } = periodOf(given, { nowMs: now(), defaultMs: DAY })
    const path = textOf(given, 'manifests')
    const declared = path === undefined ? undefined : parseManifests(await readManifestFiles(path))
    await using clickhouse = await openClickHouse()
    note(`reading ${clickhouse.place}`)
    const facts = await readAuditFacts({ fromMs, toMs, nowMs: now() }, { clickhouse })
    const found = buildAudit(facts, { fromMs, toMs }, declared && holdAgainstTraffic(declared, facts))
    print(auditFormats[format](found).trimEnd())
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
