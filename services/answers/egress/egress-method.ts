/** How the state of providers is found: its part of docs/answers.md. */
export const egressMethod = `Attempts of each provider × region × model, without those that clients left or the gateway refused itself.
The model is the one that was asked for: a failure names no other.
Failures are timeouts, connections that were refused or reset, and errors of the provider; refusals for our rate (429) stand apart, for
they are ours.

The usual share is that of the six hours before, with half a failure in a hundred attempts added, so that a provider that never failed is
not taken for one that cannot. A share counts as raised at three times the usual and two points more. Minute by minute the log-likelihood
ratio of the raised share against the usual one is summed, never below zero (CUSUM, Page, Biometrika 41:100, 1954); past ln(43,200), which
a quiet series of minutes passes about once in thirty days, and with at least five failures, the provider is **failing** (or **limited**)
since the minute after its last zero. **recovered**: since the last minute nearer to the raised share than to the usual one, the attempts
speak for the usual share by twenty to one; it is told from when to when. **slow**: the median of first tokens is half as long again as
before, of at least thirty timed attempts on each side, or the moving average of its logarithm over the minutes is (EWMA, weight 0.2,
Roberts, Technometrics 1:239, 1959), so that a drift is seen before it fills the period. Fewer than twenty attempts: **too little
traffic**.

Whose fault: where all providers fail at the same time and mostly cannot be reached, it is our egress; where other models of the provider
are well, it is the model; else the provider. Thresholds are ours.

**not allowed**: traffic to a provider or region that the egress file (\`WEIR_EGRESS_FILE\`, docs/egress.md) allows no row of for its
tenant: exact counts, tokens, money, first and last minute.

Why a provider could not be reached (name resolution, TLS, refused, reset) is read off what gateways wrote of it, of the last hour of the
period at most. What is left of our limits is read off the headers that lines carry (x-ratelimit-remaining-requests and -tokens,
anthropic-ratelimit-…-remaining, in the fields that a gateway is told to log; LiteLLM logs them by itself), of the last five minutes.

Left out: minutes until a limit is reached; errors of our own requests (400, auth) are no failure of a provider.`
