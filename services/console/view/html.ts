import htm from 'htm'
import { type ComponentChildren, h, type VNode } from 'preact'

/** Anything that stands in a page. */
export type Child = ComponentChildren

/** Makes elements of a template: the console's JSX, which needs no build step. */
export const html = htm.bind(h) as unknown as (strings: TemplateStringsArray, ...values: unknown[]) => VNode
