import type { FunctionComponent } from 'preact'
import { Overview } from '../pages/overview.ts'

/** A page of the console. */
export interface Page {
  readonly name: string
  readonly title: string
  readonly view: FunctionComponent
  /** Part of the rail in which it stands. */
  readonly part: string
  /** Tells of all tenants. */
  readonly isForOperators?: boolean
  /** Reached by links alone. */
  readonly isHidden?: boolean
}

/** All pages in the order of the rail. */
export const pages: readonly Page[] = [{ name: 'overview', title: 'Overview', view: Overview, part: 'Now' }]

/** The page of that name; undefined: there is none. */
export function pageOf(name: string): Page | undefined {
  return pages.find(page => page.name === name)
}
