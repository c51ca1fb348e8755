/** How the change of latency is split: its part of docs/answers.md. */
export const whyMethod = `Up to 2,000 answered requests of each period, chosen by the hash of what joins them (so that a request is whole
and the choice is always the same; attempts up to five minutes around the period join it), each with the parts that add up to its
duration: earlier attempts (start of the last attempt less start of the first), queue, prefill (first token less queue), decode (the
rest); what was not streamed has one part for both, \`answer\`. The queue is what the gateway told; where it told none, the mean that the
engines of the pool counted for that minute stands in for it, and the answer says so. Times longer than ten times the whole are no
measurement.

Percentiles do not add up, so the change is split by setting one factor after the other to what it was in the other period: a part to the
value of the same rank in its cell (model × upstream × priority × four sizes of prompt × four of output; cells of fewer than 20 requests
are merged with those of their model and upstream), the mix to the other period's weights. What each adds is averaged over all orders
(Shapley 1953) and over both periods as the base. What is left is \`together\`: parts that are long at the same time (Rothe, Journal of
Business & Economic Statistics 33:3, 2015). All add up to the change.

A part is named when its 90 % interval (from eight groups of the sample) excludes zero and it is a tenth of the change or a twentieth of
the quantile. Quantiles are told from 60 (p50), 200 (p95) and 1,000 (p99) requests a side on. Where the queue is the cause, tenants are
named whose load on the pool grew by half or more and makes up 30 % of all that grew there.

Left out: requests that failed, were refused or answered from a cache; cancelled ones, whose wait has no end. Preempted time lies in
decode, as vLLM counts it (vllm-project/vllm#13169).`
