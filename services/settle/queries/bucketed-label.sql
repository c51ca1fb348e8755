if((tenant_id, {label}) IN (
    SELECT tenant_id, {label} FROM {database}.attempts_raw
    WHERE window_start = {window:DateTime('UTC')} {neighbours}
    GROUP BY tenant_id, {label}
    ORDER BY uniqExact(source, request_id) DESC, {label}
    LIMIT {max_label_values:UInt32} BY tenant_id), {label}, 'overflow') AS {label}
