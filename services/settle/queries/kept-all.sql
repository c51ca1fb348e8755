-- kept: no event identity occurs twice in this window.
kept AS (SELECT * FROM own),
