/** Short ways to write panels down. */
import { type BoardName, type Column, type Panel, type PanelKind, timeSeries, type Unit } from './panel.ts'

/** What panels of one subject have in common. */
type Common = Pick<Panel, 'audience' | 'variables' | 'isOfCallers'>
type Words = Pick<Panel, 'title' | 'question' | 'counts'>
/** `[from, meaning, …]`: the thresholds of a panel, lowest first. */
type More = Pick<Panel, 'thresholds' | 'top'> & { leadsTo?: BoardName }

/** A panel of values in time, one line for each series. */
export function inTime(kind: Exclude<PanelKind, 'stat' | 'table' | 'flow'>, common: Common) {
  return (name: string, words: Words & { unit: Unit } & More): Panel => ({ name, kind, ...common, columns: timeSeries, ...words })
}

/** A panel of rows with columns of its own. */
export function asRows(kind: 'stat' | 'table' | 'bars' | 'flow', common: Common) {
  return (name: string, columns: readonly Column[], words: Words & { unit?: Unit } & More): Panel => ({
    ...{ name, kind, unit: 'short' as const },
    ...common,
    columns,
    ...words,
  })
}

/** Columns of bars: a label with its value. */
export function labelled(title: string, value: string): readonly Column[] {
  return [text('label', title), figure('value', value)]
}

/** A column of names or times. */
export function text(name: string, title: string): Column {
  return { name, title, role: 'label' }
}

/** A column of numbers; counts unless told. */
export function figure(name: string, title: string, unit: Unit = 'short'): Column {
  return { name, title, role: 'value', unit }
}

/** The bounds of a reading of which more is worse. */
export function worseFrom(warn: number, bad: number): NonNullable<Panel['thresholds']> {
  return [
    { at: 0, meaning: 'good' },
    { at: warn, meaning: 'warn' },
    { at: bad, meaning: 'bad' },
  ]
}

/** The bounds of a share of which more is better. */
export function betterFrom(warn: number, good: number): NonNullable<Panel['thresholds']> {
  return [
    { at: 0, meaning: 'bad' },
    { at: warn, meaning: 'warn' },
    { at: good, meaning: 'good' },
  ]
}
