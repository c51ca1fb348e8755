import assert from 'node:assert/strict'
import { type SettleDeps, type SettledWindow, type SettleOptions, settleWindows } from '../../services/settle/settle-windows.ts'

/** Settles one window by itself; `dependents` are the windows that it showed to be out of date. */
export async function settleWindow(
  windowStartMs: number,
  deps: SettleDeps,
  options: SettleOptions = {},
): Promise<SettledWindow & { dependents: readonly number[] }> {
  const { settled, dependents } = await settleWindows([windowStartMs], deps, options)
  return { ...(settled[0] ?? assert.fail('the window was refused')), dependents }
}
