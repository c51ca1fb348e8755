-- {unit}: hour or day.
DELETE FROM {database}.{table}
WHERE {unit}_version < {before:UInt64}
    AND ({unit}_start, {unit}_version) NOT IN (
        SELECT {unit}_start, max({unit}_version) FROM {database}.settled_{unit}s GROUP BY {unit}_start)
