/** A fault as a page tells it: what happened, and what to do. */
export class ApiFault extends Error {
  readonly status: number
  readonly code: string
  constructor(status: number, code: string, detail: string) {
    super(detail)
    this.status = status
    this.code = code
  }
}

/** Asks the API. Throws an ApiFault, of status 0 where it cannot be reached. */
export async function fetchJson<T>(path: string, options: RequestInit = {}): Promise<T> {
  let answer: Response
  try {
    answer = await fetch(path, { ...options, credentials: 'same-origin' })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new ApiFault(0, 'UNREACHABLE', 'The API cannot be reached. What was sent to Weir is safe: it is written down where it comes in.')
  }
  const body: unknown = await answer.json().catch(() => undefined)
  if (answer.ok) return body as T
  const problem = (typeof body === 'object' && body !== null ? body : {}) as { code?: string; detail?: string }
  throw new ApiFault(answer.status, problem.code ?? '', problem.detail ?? `the API answered ${answer.status}`)
}

/** Sends something as JSON. Rejects as fetchJson does. */
export function sendJson<T>(method: 'POST' | 'DELETE', path: string, body?: object): Promise<T> {
  const given = body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  return fetchJson<T>(path, { method, ...given })
}
