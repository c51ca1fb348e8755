import { makeCapsule } from '../../answers/capsule/make-capsule.ts'
import { capsuleHtml } from '../../answers/capsule/render-html.ts'
import { HOUR } from '../../platform/clock.ts'
import { periodOf, periodOptions } from '../answers/period-options.ts'
import { type Command, choiceOf, type SubCommand } from '../command.ts'
import { capsuleText } from './capsule-text.ts'

const { tenant: _tenant, ...period } = periodOptions

const capsule: SubCommand = {
  does:
    'Tells an incident in words and figures, before, during and after it: what failed, which pool was full, which policy made it worse, ' +
    'who was hurt and what it cost, with the answers as evidence.',
  options: { ...period, format: { value: 'text|html|json', does: 'how it is printed (default text); html is one page to send on' } },
  async run(given, { print, note, now, openClickHouse }) {
    const format = choiceOf(given, 'format', ['text', 'html', 'json'])
    const nowMs = now()
    const asked = { ...periodOf(given, { nowMs, defaultMs: HOUR }), nowMs }
    await using clickhouse = await openClickHouse()
    note(`reading ${clickhouse.place}`)
    const onFault = ({ name }: { name: string }, fault: Error) => note(`weir ${name} was left out: ${fault.message}`)
    const made = await makeCapsule(asked, { clickhouse, onFault })
    if (format === 'json') print(JSON.stringify(made, null, 1))
    else print(format === 'html' ? capsuleHtml(made).trimEnd() : capsuleText(made))
    return 0
  },
}

/** `weir capsule`: an incident on one page. */
export const capsuleCommand: Command = {
  name: 'capsule',
  does: 'An incident on one page: before, during, after.',
  subCommands: { '': capsule },
}
