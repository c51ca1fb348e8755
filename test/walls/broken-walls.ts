import type { ImportGraph } from './import-graph.ts'
import type { Door, PackageWall, Room } from './rooms.ts'

/** Each import that goes through a wall, and each file that stands in no room, as a sentence with the reason. */
export function brokenWalls(graph: ImportGraph, rooms: readonly Room[], doors: readonly Door[] = []): string[] {
  return [...graph].flatMap(([path, { files }]) => {
    const own = roomOf(path, rooms)
    if (!own) return [`${path} stands in no room: say in test/walls/rooms.ts what its folder may import, and why`]
    return files
      .filter(file => !isBelow(file, own.room) && !own.may.some(allowed => isBelow(file, allowed)))
      .filter(file => !doors.some(({ from, to }) => from === path && to === file))
      .map(file => `${path} imports ${file}: ${own.room} may import ${listOf(own.may)}, since ${own.because}`)
  })
}

/** Each import of a package outside of the files that may, with the reason. */
export function brokenPackageWalls(graph: ImportGraph, walls: readonly PackageWall[]): string[] {
  return [...graph].flatMap(([path, { packages }]) =>
    walls
      .filter(({ only }) => !only.some(place => path.startsWith(place.replace('*', ''))))
      .flatMap(wall =>
        wall.packages
          .filter(name => packages.some(imported => imported === name || imported.startsWith(`${name}/`)))
          .map(name => `${path} imports ${name}, which only ${wall.only.join(', ')} may, since ${wall.because}`),
      ),
  )
}

/** Import circles, one a sentence: files that cannot be understood or loaded one without the other. Types count. */
export function importCircles(graph: ImportGraph): string[] {
  const circles: string[] = []
  const done = new Set<string>()
  const trail: string[] = []
  const visit = (path: string) => {
    const at = trail.indexOf(path)
    if (at >= 0) {
      circles.push(`import circle: ${[...trail.slice(at), path].join(' → ')}`)
      return
    }
    if (done.has(path)) return
    trail.push(path)
    for (const file of graph.get(path)?.files ?? []) visit(file)
    trail.pop()
    done.add(path)
  }
  for (const path of graph.keys()) visit(path)
  return circles
}

/** The longest room that holds the file. */
function roomOf(path: string, rooms: readonly Room[]): Room | undefined {
  return rooms.filter(({ room }) => isBelow(path, room)).sort((one, other) => other.room.length - one.room.length)[0]
}

function isBelow(path: string, place: string) {
  return place === '' || path === place || path.startsWith(`${place}/`)
}

function listOf(may: readonly string[]) {
  return may.length === 0 ? 'nothing of Weir' : `only itself, ${may.join(', ')}`
}
