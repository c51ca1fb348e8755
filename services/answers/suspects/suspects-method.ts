/** How suspects are found: its part of docs/answers.md. */
export const suspectsMethod = `Two lists from \`security_per_minute\`: facts, which are rules, and what is unusual against a key's own past.

Facts, in ten minutes: **barred key**: one that was revoked or has expired is used. **guessing**: from one network (/24, /48) five
different refused keys or ten refusals, under 5 % answered there, or ten different keys where others are answered (an office, a cloud);
and so many have a chance below 10⁻⁶ by that network's refusals of the seven days before (negative binomial with their own variance
over mean; a network that was never refused is taken for one with half a refusal a day). Where all that is refused is one key or few, it
is a **wrong key**: a client that was set up wrongly or whose key was
changed; told last, and no reason to wake anybody. **enumeration**: a key asks for five models, three of them in vain. **low and slow**: on
a day at least twenty networks are refused once or twice each, below 10⁻⁶ by the days before (at least seven).

Unusual, by the hour, of the 500 busiest keys with seven days of past. **appetite**: tokens that no cache gave, at the tenant's mean price
of such a token, found as \`unexpected\` finds costs (same hour of the week, false discovery rate of 5 %, least amount). **many places**:
more networks than three and than three times the key's own 99th percentile. **guardrail**: three hits, below 10⁻⁴ by its own rate. **larger
requests**, **longer answers** (output by input), **repeats** (share of prompts whose whole hash was seen in that hour): the hour's mean of
logarithms of at least 30 requests, in deviations from the key's median (1.4826 × MAD), above 3.5 and above what its own past reached in
every fifth week: two hours above it with one a quarter beyond, or one at twice of it. A nightly batch and the bursts of agents are so
usual. Tokens out of a cache and shared beginnings of prompts count for nothing.

Elastic's rules for LLM audits use fixed limits (prompts over 5,000 tokens, more than ten calls an hour), which every coding agent breaks.
Thresholds are ours where no source is named. Left out: regions of networks, user agents, and what a key's first use of a dear model costs
(its tokens are priced at the tenant's mean). A tenant sees its own keys; callers whom nobody knew (\`unauthenticated\`) operators alone.

Rules scored on 2026-11-28 from lines to the answer, on seeds never tuned on (10,200 to 10,211, \`npm run bench -- answers attacks\`): 27 of
27 attacks found and 27 of 27 alarms right, beside wrong keys, mistyped ones and known callers who may not; by ten refusals 16 of 27 and 16
of 40.`
