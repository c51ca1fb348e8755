SELECT if(count() = 0, 'nothing', formatDateTime(max(s.window_start) + 60, '%Y-%m-%d %H:%i UTC', 'UTC')) AS text
FROM {database}.settled_windows AS s
WHERE s.window_start >= {from} AND s.window_start < {to}
