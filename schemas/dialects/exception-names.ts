/** Names of exceptions and error types, as SDKs of providers and instrumentations write them (OTel `error.type`), → how the call ended. */
import { CLIENT_CANCELLED, type Ending, endingOfStatus } from './error-classes.ts'

const error = (error_class: Ending['error_class']): Ending => ({ outcome: 'error', error_class })

/** How each ends. Names are without the module before the last dot; lower case, without `error` or `exception` at the end. */
export const exceptionNames: ReadonlyMap<string, Ending> = new Map([
  ['ratelimit', error('provider_rate_limited')],
  ['toomanyrequests', error('provider_rate_limited')],
  ['throttling', error('provider_rate_limited')],
  ['resourceexhausted', error('provider_rate_limited')],
  ['timeout', error('timeout')],
  ['apitimeout', error('timeout')],
  ['readtimeout', error('timeout')],
  ['connecttimeout', error('timeout')],
  ['deadlineexceeded', error('timeout')],
  ['apiconnection', error('connect_or_reset')],
  ['connection', error('connect_or_reset')],
  ['connect', error('connect_or_reset')],
  ['remoteprotocol', error('connect_or_reset')],
  ['authentication', error('auth')],
  ['permissiondenied', error('auth')],
  ['ratelimitexceeded', error('provider_rate_limited')],
  ['insufficientquota', error('provider_rate_limited')],
  ['badrequest', error('client_error')],
  ['invalidrequest', error('client_error')],
  ['invalidargument', error('client_error')],
  ['modelnotfound', error('client_error')],
  ['requesttoolarge', error('client_error')],
  ['permission', error('auth')],
  ['unauthenticated', error('auth')],
  ['api', error('provider_error')],
  ['server', error('provider_error')],
  ['unavailable', error('provider_error')],
  ['notfound', error('client_error')],
  ['unprocessableentity', error('client_error')],
  ['validation', error('client_error')],
  ['internalserver', error('provider_error')],
  ['serviceunavailable', error('provider_error')],
  ['modelerror', error('provider_error')],
  ['overloaded', error('provider_overloaded')],
  ['contentfilter', error('blocked_by_policy')],
  ['contentpolicyviolation', error('blocked_by_policy')],
  ['cancelled', CLIENT_CANCELLED],
  ['canceled', CLIENT_CANCELLED],
  ['abort', CLIENT_CANCELLED],
])

/** How a failed call ended by the name of its error: an HTTP status as text, or an exception; `unknown` when neither says more. */
export function endingOfErrorType(errorType: string): Ending {
  if (/^[1-5]\d\d$/.test(errorType)) {
    const ending = endingOfStatus(Number(errorType), true)
    return ending.outcome === 'ok' ? error('unknown') : ending
  }
  const last = errorType
    .slice(errorType.lastIndexOf('.') + 1)
    .toLowerCase()
    .replaceAll('_', '')
  return exceptionNames.get(last) ?? exceptionNames.get(last.replace(/(error|exception)$/, '')) ?? error('unknown')
}
