if(upstream_kind = 'pool', pool, provider) AS upstream,
            outcome != 'rejected' AND response_cache != 'hit' AND ifNull(attempts_reported, 1) > 0 AS is_reached
