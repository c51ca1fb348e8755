-- Whether every message about a group was for these tenants alone. Parameters: group_key, tenants.
SELECT toUInt8(count() > 0 AND min(d.is_for_tenants AND hasAll({tenants:Array(String)}, d.tenant_ids))) AS is_own
FROM {database}.alert_deliveries AS d
WHERE d.group_key = {group_key:String}
