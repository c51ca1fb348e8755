-- Lines by what became of them, by when the event log took them.
SELECT time, pair.1 AS series, pair.2 AS value
FROM (
    SELECT toStartOfInterval(toDateTime(m.received_at, 'UTC'), toIntervalSecond(step_s), 'UTC') AS time,
        [('accepted', toFloat64(sum(m.accepted_lines))), ('dead letter', toFloat64(sum(m.dead_letters))),
            ('skipped', toFloat64(sum(m.skipped_lines))), ('parked', toFloat64(sum(m.parked_lines)))] AS pairs
    FROM {database}.messages_read AS m FINAL
    WHERE m.received_at >= {from} AND m.received_at < {to}
    GROUP BY time
)
ARRAY JOIN pairs AS pair
ORDER BY time, series
LIMIT 20000
