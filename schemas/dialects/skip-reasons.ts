/**
 * Why a line of a known dialect is no attempt at a model. Such lines are counted and kept apart: they are no dead letters, for nothing is
 * wrong with them, and they are not billed.
 */
export const SKIP_REASONS = {
  not_llm: 'other traffic through the same gateway: no model was asked for and the path is none of a model',
  mcp: 'a call of the tool protocol MCP or between agents, which has no tokens of its own',
  payload: 'prompt and answer of a call that another line accounts for',
  attempt_log: 'an attempt of a request that the access log of the same gateway accounts for, with the number of its attempts',
  not_a_call: 'a step around the call of a model (agent, tool, chain, retrieval), whose calls have lines of their own',
  other_text: 'text beside the access log that a shipper read from the same output',
  probe: 'a health or start-up check of the engine itself',
} as const

/** Why a line was skipped. */
export type SkipReason = keyof typeof SKIP_REASONS
