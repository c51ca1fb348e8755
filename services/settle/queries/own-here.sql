-- own: all rows of a request lie in this window.
own AS (SELECT *, {window:DateTime('UTC')} AS request_started_at FROM base),
