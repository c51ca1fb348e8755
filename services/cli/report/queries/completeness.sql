-- What became of the lines of the files.
SELECT
  (SELECT sum(lines) FROM {database}.messages_read FINAL WHERE topic = {topic:String}) AS lines,
  (SELECT count() FROM {database}.attempts_raw) AS attempts_rows,
  sum(requests) AS requests, sum(attempts) AS attempts, sum(duplicates) AS duplicates, sum(conflicts) AS conflicts,
  (SELECT count() FROM {database}.dead_letters FINAL WHERE topic = {topic:String}) AS dead_letters,
  (SELECT sum(skipped_lines) FROM {database}.messages_read FINAL WHERE topic = {topic:String}) AS skipped_lines,
  sum(unseen_attempts) AS unseen_attempts
FROM {database}.settled_windows_current
