/** How the verdict is found: its part of docs/answers.md. */
export const verdictMethod = `What was saved: requests whose first attempt failed and that a later one answered (R of F), with Wilson's 90
% interval. What clients would have got by sending again themselves is not known, so R is an upper bound. What was lost: own requests of
the target that failed while traffic fell back to it, beyond the share that fails in its minutes without such traffic, of the period and
the hour before (Newcombe's interval of the difference), those of a like load of its own counting most (a normal kernel of a fifth on the
logarithm of the load, for a pool that its own tenants fill fails some of them whether others fall back to it or not); an inflow is more
than a twentieth of the target's own requests. The two minutes behind an inflow belong to it: what waits is still being worked off. How far
off the usual is, is learned from the quiet minutes, each against what the others say of its load, and widens both. At least 5 quiet
minutes and 100 own requests on each side, else nothing is said of it.
Beside it those that were late: longer than 95 % of its own requests used to take, read off the quantiles of each minute, less what is
late at such a load anyway.

Net = saved − lost − late. **helps**: at least 30 first failures and a lower end above the larger of one request and 0.1 % of
the route's.
**hurts**: beyond nine tenths' doubt below zero (a help has to be surer, for nobody looks again at what is said
to help); a storm that recovers less than half of what is
tried again; or the cause is one that fails the same way again (auth, client_error, blocked_by_policy). **neutral**: the interval lies
within 0.5 % of the route's requests. Otherwise **too little data**. These numbers are ours.

A retry storm is looked for by ten seconds, so that it is told within a minute of its start: in half a minute of at least 20 requests of a
route (and in two of its three tens by themselves) more is sent than is asked for, by a fifth (the retry budget of Envoy and Linkerd,
Gateway API GEP-3388) and by three times the usual, while a tenth less of what is asked for is answered. Retries that save what failed are
none, nor are more requests. Sent beyond what is asked for are the gateway's further attempts, and requests that clients send again: with
the prompt (its hash, else the size of the body) of one that the same key and user sent on that route and that failed at most a minute
before. Who repeats answered prompts as often would have sent them anyway; that share is taken off. Whoever sent more of the two makes the
storm: the gateway's policy is named, or the key that sends most again. What began in the last minute has not all ended, and what fails
at once is seen first: those seconds count from half of the usual requests on. Prompts are read from raw rows, on routes that answer less
than usual, and as long as raw rows are kept.

Left out: hedged requests count as retries; what a provider would have answered by itself a second later is not known; a gateway that
writes one line per request hides the causes of its tries, which then stand under \`unknown\`.`
