/** The part of docs/alerting.md about how alerts come and go, and what is kept of them. */

import { durationText } from '../../services/alert/config/durations.ts'
import { DEFAULT_GROUP_INTERVAL_MS, DEFAULT_GROUP_WAIT_MS, DEFAULT_REPEAT_INTERVAL_MS } from '../../services/alert/config/routes-of.ts'
import { BLIND_RULE } from '../../services/alert/rules/blind-rule.ts'
import { MOST_NEW_GROUPS } from '../../services/alert/state/assign-groups.ts'
import { table } from './markdown.ts'

const STATES = [
  ['inactive', 'the condition does not hold; nothing is kept'],
  ['pending', 'it holds, not yet for as long as `for` asks; nobody is told'],
  ['firing', 'it held for long enough; whoever the routes name is told'],
  ['recovering', 'it held until lately and has to stay calm for `keep_firing_for`; for others it still fires'],
  ['no_data', 'it fired and cannot be judged any more (`when_unknown: no_data`); for others it still fires'],
  ['resolved', 'it ended; kept for an hour, in which flapping is counted'],
]

const COMMANDS = [
  ['what fires', '`weir alerts`', '`GET /v1/alerts` (`state`, `fingerprint`, `tenant_id`)'],
  ['how it came', '', '`GET /v1/alerts/history`'],
  ['who was told what, with what answer', '', '`GET /v1/alerts/deliveries`'],
  ['silence', '`weir alerts silence rule=budget-burn tenant_id=acme --for 4h --author Ada --comment "load test"`', '`POST /v1/silences`'],
  ['end a silence', '`weir alerts end-silence ID`', '`DELETE /v1/silences/ID`'],
  ['take on', '`weir alerts ack GROUP --author Ada`', '`POST /v1/alerts/acknowledge`'],
  ['try a receiver', '`weir alerts send-test RECEIVER`', '`POST /v1/alerts/test`'],
  ['tell one again that had answered 410', '', '`POST /v1/alerts/receivers/NAME/enable`'],
]

/** The sections. */
export function decidingSections(): string[] {
  return [
    '## How an alert comes and goes',
    table(['state', 'what it means'], STATES),
    `Time is settled time: rules are judged where settling has come to, never at the clock, so that late data is not taken for calm. A
value that cannot be told (missing scrapes, an answer that is not sure) neither begins nor ends an alert unless \`when_unknown\` says
otherwise; fewer than \`least_sample\` begin none, and end one after half an hour. What begins for the third time within an hour flaps:
it ends only after half an hour of calm. When what a rule reads cannot be read for five minutes, \`${BLIND_RULE}\` pages: silence is
not calm.`,
    '## From alerts to messages',
    `Alerts of a group of rules become one message by the labels of \`group_by\`. The first waits ${durationText(DEFAULT_GROUP_WAIT_MS)} for
others (\`group_wait\`), further ones come at most every ${durationText(DEFAULT_GROUP_INTERVAL_MS)} (\`group_interval\`; what is
louder comes at once), what still fires is told again after ${durationText(DEFAULT_REPEAT_INTERVAL_MS)} (\`repeat_interval\`) unless
somebody has taken it on. More than ${MOST_NEW_GROUPS} groups that would begin at once are a storm and become one message.
A rule that \`inhibits\` another keeps it silent for as long as it explains it, and what began
meanwhile for a quarter of an hour more. Silences have an end, an author and a reason.`,
    `Decisions and messages are written to the topic \`weir.alert.v1\` before anything is sent, and acted on once they are read back, so a
crash at any moment loses none; what is sent twice has the same id. Each group of rules is decided by one process at a time: the
partitions of the topic are shared out among the processes of \`alert\`, and what one wrote after another had taken over does not
count. The tables \`alert_history\` and \`alert_deliveries\` tell what happened.`,
    '## Looking, silencing, taking on, trying',
    table(['what', 'command', 'API'], COMMANDS),
    `A tenant's token sees and silences alerts about itself whose rules are owned by tenants (\`owner: tenant\`); the words of others may
name its neighbours.`,
  ]
}
