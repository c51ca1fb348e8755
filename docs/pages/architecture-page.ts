/** The part of docs/architecture.md that comes from code: tables by kind, and the walls between rooms. */
import { TABLE_KINDS } from '../../schemas/table-spec.ts'
import { tables } from '../../schemas/tables.ts'
import { type PackageWall, packageWalls, plannedRooms, type Room, rooms } from '../../test/walls/rooms.ts'
import { table, withWritten } from './markdown.ts'

/** The page with its written part replaced; `page` as it stands. */
export function architecturePage(page: string): string {
  return withWritten(page, [tablesSection(), wallsSection()])
}

function tablesSection(): string {
  const kinds = TABLE_KINDS.map(kind => `- ${kind}: ${code(tables.filter(table => table.kind === kind).map(({ name }) => name))}`)
  const intro =
    'Declared in `schemas/tables.ts`, columns and meanings in [tables.md](tables.md). By kind, in the order in which a line passes them:'
  return `## Tables\n\n${intro}\n\n${kinds.join('\n')}`
}

function wallsSection(): string {
  const built = rooms.filter(({ room }) => !plannedRooms.includes(room))
  const alike = Map.groupBy(built, ({ may, because }) => JSON.stringify([may, because]))
  const rows = [...alike.values()].map(group =>
    roomRow(
      group.map(({ room }) => room),
      group[0] as Room,
    ),
  )
  const packages = packageWalls.map(({ packages, only, because }: PackageWall) => [code(packages), code(only), because])
  const intro = `What each room may import; \`npm run check\` refuses anything else and says why. The rules are data in
\`test/walls/rooms.ts\`. No files import each other in a circle.`
  return [
    `## Walls\n\n${intro}`,
    table(['room', 'may import, beside itself', 'because'], rows),
    table(['package', 'imported only below', 'because'], packages),
  ].join('\n\n')
}

function roomRow(names: readonly string[], { may, because }: Room): string[] {
  if (may.includes('')) return [code(names), 'everything', because]
  const allowed = may.filter(place => !plannedRooms.includes(place))
  return [code(names), allowed.length === 0 ? 'nothing of Weir' : code(allowed), because]
}

function code(names: readonly string[]): string {
  return names.map(name => `\`${name}\``).join(', ')
}
