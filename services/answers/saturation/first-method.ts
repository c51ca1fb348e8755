/** How the forecast is made: its part of docs/answers.md. */
export const firstMethod = `The index of a pool and model is work arriving over work that can be done; at 1 waiting begins to grow without
end. It is the largest of these, each from rates that the model servers count; the one that is largest
is the bound:

- **kv**: requests arriving at an engine times the time that each holds its place when the cache is full, over the places in it (Little's
  law; with b the time of a step and g the token-steps of a request the boundary is λ = M ÷ (b·E[g]), arXiv 2605.04595). Arriving: first
  tokens counted in the minute, and what the queue grew by. Places: running requests over the use that they took, of the last 12 minutes, at
  a use of 92 % (the rest is room to grow). Time: from admission to the first token, and output tokens of a request (mean of 6
  minutes) times the time between tokens, carried from what runs now to a full cache as a power of it. The power is learned from the last 12
  minutes beside a trend in time, and drawn to 0.4 ± 0.1 (0: reading the weights takes all the time; 1: the work of each request does).
- **prefill**: input that is not in the prefix cache over the prefill speed. The time to first token T of λ arrivals a second at an engine
  tells the busy share: ρ = λT ÷ (1 + λT) in a queue of one server; speed: tokens over that time, of 12 minutes.
- **slots**: the same as kv with the running limit for places, where the server tells it.
- **queue**: arriving over begun, where the queue grew in each of two minutes, holds 5 requests and 6 seconds of service and is not shorter
  than it was within the minute: what is begun then is the capacity, whatever binds.

KV use alone misleads on long prompts: queues were seen to grow at a third of the cache (llm-d-autoscaling issue 662).

Capacity is learned anew from the last minutes, not from two weeks: engines that become slower are then seen, and an answer is a pure
function of settled minutes. It costs: a bound that was never approached is carried there by the model above, with the interval that has.

The index is arrivals times what each costs; both are followed over the last 15 minutes (fewer than 5: cannot tell), for a trend of the one
is hidden by the chance of the other. Each stood still and then moved on a straight line, or moved and stands still now, whichever leaves
the least squares: load that doubled and stays is no trend, nor is growth that has ended. A line has 5 points at least and a slope of 3.5
standard errors; the least noise is that of the number of arrivals (Poisson × 1.2). **saturated**: a queue that grew in two minutes running
at an index of 1 or more, or an index of 1 beyond doubt; **soon**: in two minutes running at least 80 % probable within 15 minutes and
expected within 10, at an index of 0.72 already, for most growth ends before that; **in sight**: the line crosses 1 within the hour.

What changed: fewer engines; load that grew by more than a tenth against ten minutes before; less output for each running request at the
same load from engines that are new (cold caches, compiling) or not (slower). Who: attempts of ten minutes against the ten before, sized
by what the sender's attempts are, as shares of all growth. These thresholds are ours.

How it is scored: the simulator's own queue explodes when more wait than run and the queue has grown for three minutes, or a request is lost
to waiting; a warning with no explosion within half an hour is a false alarm. A burst explodes 2 to 3 minutes after it begins, so nobody
can warn 3 minutes before it; load that settles within a tenth of what the pool can do is a toss of a coin, and scenarios avoid it.

Scored on 2026-11-28 on seeds never tuned on (10,000 to 10,023; 264 scenarios of eleven kinds, 118 of which explode; their minutes made from
the simulator's scrapes directly, not through worker and settle):

| by | runs with a false alarm | median warning | warned before |
|---|---|---|---|
| weir | 8 of 264 (3.0 %, 95 %: 1.5 to 5.9 %) | 3.0 minutes; without bursts 3.5 | 100 of 118 |
| waiting > 50 | 3 of 264 | 0.3 minutes | 71 of 118 |
| KV > 90 % | 6 of 264 | 1.2 minutes | 92 of 118 |

\`npm run bench -- answers first --seeds N\` plays the same through worker and settle.

\`saturation\` and \`minutes_to_saturation\` in \`pool_per_minute\` are of one minute's levels alone (fullest of KV use, running over limit,
standing queue); they stay as they were for charts and bills, the index here is what to act on.

Readings that are missing: as many an engine and minute are expected as nine of ten minutes of the last half hour have at most. With a
share κ of those of the last 15 minutes, intervals are √(1/κ) as wide, the answer's coverage is κ, and below 0.9 what is missing is
said.

Left out: pools without metrics of their model servers (said as such); prefill and decode on servers apart; what waits in a gateway.`
