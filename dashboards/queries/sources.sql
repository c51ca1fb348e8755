-- Who sends, when last, and what became of the lines.
SELECT m.source AS source, max(m.received_at) AS last_received_at, sum(m.lines) AS lines, sum(m.accepted_lines) AS accepted_lines,
    sum(m.dead_letters) AS dead_letters, sum(m.skipped_lines) AS skipped_lines, sum(m.parked_lines) AS parked_lines,
    dead_letters / nullIf(lines, 0) AS dead_letter_ratio
FROM {database}.messages_read AS m FINAL
WHERE m.received_at >= {from} AND m.received_at < {to}
GROUP BY source
ORDER BY dead_letter_ratio DESC NULLS LAST, lines DESC, source
LIMIT 200
