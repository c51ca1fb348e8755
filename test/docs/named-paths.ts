/** The paths of the repository that a page names in code style. */
export function namedPaths(page: string): string[] {
  const paths = [...page.matchAll(/`((?:services|schemas|docs|dashboards|deploy|test|bin)\/[\w./-]+|[A-Z]+\.md)`/g)].map(
    ([, path = '']) => path,
  )
  return [...new Set(paths)]
}

/** The text below a heading of the second level. */
export function sectionOf(page: string, heading: string): string {
  return page.split(/^## /m).find(section => section.startsWith(`${heading}\n`)) ?? ''
}
