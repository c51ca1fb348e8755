/** How the forecast is made: its part of docs/answers.md. */
export const firstMethod = `The index of a pool and model is work arriving over work that can be done; at 1 waiting begins to grow without
end. It is the largest of these, each from rates that the model servers count, smoothed over two minutes; the one that is largest is the
bound:

- **kv**: by Little's law KV use is the rate of work times the time that it is held (with b the time of a step and g the token-steps of a
  request, the boundary is λ = M ÷ (b·E[g]), arXiv 2605.04595). Use for each output token a second is learned from the last 6 minutes and
  carried to a cache of 92 % (the rest is room to grow) at the time between tokens that a cache so full has (Theil–Sen line of
  running ÷ output rate over use, of the last 12 minutes).
- **prefill**: input that is not in the prefix cache over the prefill speed. The time to first token T of λ arrivals a second at an engine
  tells the busy share: T = S ÷ (1 − ρ) in a queue of one server, so ρ = λT ÷ (1 + λT); speed is the 75th percentile of the last 12 minutes,
  and at least the most that was ever done in them.
- **slots**: running over the running limit, where the server tells it.
- **queue**: arriving over served, where the queue grew in each of two minutes, holds 4 requests and 4 seconds of service: what is served
then   is the capacity, whatever binds.

Each is multiplied by arriving over served (1 + growth of the queue ÷ requests that ended). KV use alone misleads on long prompts: queues
were seen to grow at a third of the cache (llm-d-autoscaling issue 662).

Capacity is learned anew from the last minutes, not from two weeks: engines that become slower are then seen, and an answer is a pure
function of settled minutes. It costs: a bound that was never approached is carried there by the model above, with the interval that has.

The forecast is a Theil–Sen line through the last 15 minutes (fewer than 5: cannot tell). Where two levels fit better than a line, load that
jumped and stays, the trend is that of the second level alone; where growth has slowed in the last five minutes, the mean of both. The 80 %
range takes the spread about the line and the error of the slope, widened by √3 because minutes resemble each other. **saturated**: the
queue bound, or an index of 1 beyond doubt; **soon**: in two minutes running at least 80 % probable within 15 minutes; **in sight**: the
line crosses 1 within the hour.

What changed: fewer engines; load that grew by more than a tenth against ten minutes before; less output for each running request at the
same load from engines that are new (cold caches, compiling) or not (slower). Who: attempts of ten minutes against the ten before, sized
by what the sender's attempts are, as shares of all growth. These thresholds are ours.

\`saturation\` and \`minutes_to_saturation\` in \`pool_per_minute\` are of one minute's levels alone (fullest of KV use, running over limit,
standing queue); they stay as they were for charts and bills, the index here is what to act on.

Left out: pools without metrics of their model servers (said as such); prefill and decode on servers apart; what waits in a gateway.`
