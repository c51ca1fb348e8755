-- Shares of the lines of a period, as the ledger has them. Filled in: database, labels, value, group, over_s, conditions.
SELECT {labels}toFloat64({value}) AS value
FROM (
    SELECT
        if(m.source = '', 'not told', m.source) AS source,
        sum(m.lines) AS lines, sum(m.dead_letters) AS dead_letters, sum(m.parked_lines) AS parked_lines
    FROM {database}.messages_read AS m FINAL
    WHERE m.received_at >= now() - INTERVAL {over_s} SECOND AND m.received_at < now()
    GROUP BY source
)
GROUP BY {group}
HAVING {conditions}
