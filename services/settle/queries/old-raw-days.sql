-- Days of raw tables that are older than they are kept: a partition is a day.
SELECT table, toUInt32(partition) AS day, sum(rows) AS rows
FROM system.parts
WHERE database = {database_name:String} AND table IN {tables:Array(String)} AND active
    AND toUInt32OrZero(partition) BETWEEN 1 AND {last_day:UInt32}
GROUP BY table, day
ORDER BY day, table
