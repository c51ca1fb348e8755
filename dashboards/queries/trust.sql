-- Whether the figures can be believed: how old they are, what share of the lines is in them, and what has no price.
SELECT
    (SELECT toInt64(toUnixTimestamp({to})) - toInt64(toUnixTimestamp(max(s.window_start))) - 60 FROM {database}.settled_windows AS s
        WHERE s.window_start >= {from} AND s.window_start < {to} HAVING count() > 0) AS value,
    (SELECT sum(m.accepted_lines + m.skipped_lines) / nullIf(sum(m.lines), 0) FROM {database}.messages_read AS m FINAL
        WHERE m.received_at >= {from} AND m.received_at < {to}) AS accounted_ratio,
    (SELECT sum(r.unpriced_attempts + r.missing_usage_attempts) / nullIf(sum(r.attempts), 0) FROM {rows:usage} AS r) AS unpriced_ratio
