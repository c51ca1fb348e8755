/** How the verdict is found: its part of docs/answers.md. */
export const verdictMethod = `What was saved: requests whose first attempt failed and that a later one answered (R of F), with Wilson's 90
% interval. What clients would have got by sending again themselves is not known, so R is an upper bound. What was lost: own requests of
the target that failed while traffic fell back to it, beyond the share that failed in its minutes without such traffic, of the period and
the hour before (Newcombe's interval of the difference); an inflow is more than a twentieth of the target's own requests; at least 5 quiet
minutes and 100 own requests on each side, else nothing is said of it. Beside it those that were late: longer than 95 % of its own
requests used to take, read off the quantiles of each minute.

Net = saved − lost − late. **helps**: at least 30 first failures and a lower end above the larger of one request and 0.1 % of
the route's.
**hurts**: the upper end below zero; a storm that recovers less than half of what is
tried again; or the cause is one that fails the same way again (auth, client_error, blocked_by_policy). **neutral**: the interval lies
within 0.5 % of the route's requests. Otherwise **too little data**. These numbers are ours.

A retry storm: in a minute of at least 20 requests of a route, further attempts per request above a fifth (the retry budget of Envoy and
Linkerd, Gateway API GEP-3388) and above three times the usual, while answers per attempt fall by a tenth. It is the clients' where
requests grew more than attempts per request did.

Left out: hedged requests count as retries; what a provider would have answered by itself a second later is not known; a gateway that
writes one line per request hides the causes of its tries, which then stand under \`unknown\`.`
