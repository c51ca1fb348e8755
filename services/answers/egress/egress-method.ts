/** How the state of providers is found: its part of docs/answers.md. */
export const egressMethod = `Attempts of each provider × region × model, without those that clients left or the gateway refused itself.
The model is the one that was asked for: a failure names no other.
Failures are timeouts, connections that were refused or reset, and errors of the provider; refusals for our rate (429) stand apart, for
they are ours.

The usual share is that of the six hours before, with half a failure in a hundred attempts added, so that a provider that never failed is
not taken for one that cannot. A share counts as raised at three times the usual and two points more. Minute by minute the log-likelihood
ratio of the raised share against the usual one is summed, never below zero (CUSUM, Page, Biometrika 41:100, 1954); past ln(43,200), which
a quiet series of minutes passes about once in thirty days, and with at least five failures, the provider is **failing** (or **limited**)
since the minute after its last zero. **slow**: the median of first tokens is half as long again as before, of at least thirty timed
attempts on each side. Fewer than twenty attempts: **too little traffic**.

Whose fault: where all providers fail at the same time and mostly cannot be reached, it is our egress; where other models of the provider
are well, it is the model; else the provider. Thresholds are ours.

Left out: limits and headroom that providers tell in headers; errors of our own requests (400, auth) are no failure of a provider.`
