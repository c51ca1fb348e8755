/** How arms of a split are compared: its part of docs/answers.md. */
export const rolloutsMethod = `Splits are found in the traffic: first attempts of one route and model that go to several upstreams in the
same minutes, or are answered at one upstream by several versions (the model's name in the answer). An arm has at least 20 requests, half a
percent of all and five minutes. **stable** is the arm that began at least ten minutes before all others, else the largest one; every other
arm is held against it. The first ten minutes of an arm that began in the period are left out: its caches were cold.

A request belongs to the arm of its *first* attempt, with all that came after (the wait for a fallback, its cost), so that failures do not
move to the side that rescued them; what failed are first attempts, rescued or not. Versions are told by answers alone, so only requests
that were answered at once are compared by version, without failures.

Arms are compared within the same minute, tenant and priority, each such pair weighing n·m/(n + m): shares of failed requests, means of
logarithms of first token, time an output token, duration and output tokens (ratios of geometric means), mean list cost
(where nothing is unpriced). The variance is that
within these cells or that of minutes, whichever is larger; for cost that of minutes alone.

Looking every minute is allowed: intervals are confidence sequences, a normal mixture (Howard, Ramdas, McAuliffe, Sekhon, Annals of
Statistics 49:1055, 2021) with the variance estimated (Waudby-Smith et al., Annals of Statistics 52:2613, 2024), narrowest at the size that
shows the margin (or a tenth of a standard deviation, where that is more). They hold at all looks at once at 95 % over the six measures
together (5 % / 6 each), for one split and one start of the period: ask with the same \`from\`. Nothing is said before ten minutes (cost:
twenty) and 50 requests.

**worse** or **better**: an interval of failures, first token, time an output token, duration or cost excludes zero and the estimate is past
the margin (half a point of failures, 5 % of latency, 3 % of cost: ours); **mixed**: some of each; **no difference**: every interval that
there is lies inside its margin; else **no difference yet**, with the requests that the arm needs more: the least number at which the
half-width reaches zero (an estimate past the margin) or the margin (one within it, a quarter of the margin at least). Longer answers are
told, and are neither better nor worse.

Left out: whether the split is the one that was configured (Weir is not told); prompt sizes and cache hits of the arms; pools of unequal
size differ by their queues, which is not the model's doing: look at \`weir first\` beside it.`
