-- Days within the range of which rows of the tables were dropped.
SELECT DISTINCT table_name, toUnixTimestamp(toDateTime(day, 'UTC')) AS day_start
FROM {database}.dropped_days
WHERE table_name IN {tables:Array(String)} AND day >= toDate({from:DateTime('UTC')}) AND toDateTime(day, 'UTC') < {to:DateTime('UTC')}
ORDER BY day_start
