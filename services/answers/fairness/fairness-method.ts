/** How fairness is judged: its part of docs/answers.md. */
export const fairnessMethod = `Without a queue fairness has no meaning: only minutes count in which requests waited in the pool (a request
or more on average, or a saturation of 1), by its engines; a pool needs ten of them.

**Shares.** Work is uncached input tokens and twice the output (llm-d's program-aware fairness weighs so). A request asks the pool that its
first attempt went to, and is served if that pool answered it; refusals by the gateway's own limits, clients that left and requests that
were wrong do not count. Demand is what was asked: requests times the tenant's own mean work of an answered one. The fair share is max-min
(water-filling, Bertsekas and Gallager, Data Networks, s. 6.5.2) of the work done, with equal weights: nobody gets more than asked for.
**short**: service under nine tenths of the fair share even at the upper end of Wilson's 90 % interval of the answered share, of at least 20
requests; **over**: more than a tenth above it while somebody goes short. Jain's index (Jain, Chiu, Hawe, DEC-TR-301, 1984) is told beside.

**Priorities.** The median wait of two classes in the same minute, three answered requests of each at least and one
median of 10 ms, ten such minutes: **inverted**
where the higher class waited longer in most minutes (lower end of Wilson's interval above one half; medians that are closer than 2 % are
equal) and its median over minutes is a tenth longer; **honoured** where it waited less in most and at most four fifths as long; else
**ignored**: the engine serves first come first served, or the priority does not reach it. A class is known by its name (critical, high,
interactive, realtime, premium; standard, normal, default, medium; batch, low, sheddable, background, bulk, offline) or by its number.

**Lacks.** Tenants without a budget in force, requests at providers without the name of a policy, and requests without a route, with their
list cost: counts, no estimate.

Scored on 2026-11-28 on seeds never tuned on (10,200 to 10,223, \`npm run bench -- answers fairness-pools\`): the tenant that goes short is
named first in 6 of 6 (by the least requests: 2 of 6), nobody is called short on 6 of 6 quiet days, no order that is honoured or ignored
is called inverted (18 of 18), and an honoured one is told in 6 of 6; an inverted one is told as such in 4 of 6 only, and one that is
ignored in 4 of 6.

Thresholds are ours. Left out: entitlements other than equal ones; waits that gateways do not log (\`queue_ms\`), without which priorities
cannot be judged; waits of requests that were never answered.`
