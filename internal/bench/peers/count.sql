WITH contact AS (
  SELECT HEMLAN, substr(INDATUM, 1, 4) AS year, substr(INDATUM, 5, 2) AS month,
    CASE WHEN DRIFTFORM = '2' THEN 'privat' WHEN HEMLAN = LAN THEN 'hemregion' ELSE 'annan region' END AS provider,
    ' ' || OP || ' ' AS codes
  FROM read_csv('{file}', delim = '{separator}', encoding = '{encoding}', header = true, quote = '"', auto_detect = false,
    columns = {'LOPNR': 'VARCHAR', 'AR': 'VARCHAR', 'INDATUM': 'VARCHAR', 'UTDATUM': 'VARCHAR', 'HEMLAN': 'VARCHAR',
      'LAN': 'VARCHAR', 'SJUKHUS': 'VARCHAR', 'DRIFTFORM': 'VARCHAR', 'OP': 'VARCHAR'})
  WHERE HEMLAN NOT IN ('', '99')
), total AS (
  SELECT HEMLAN, year, month, provider,
    count(*) FILTER (regexp_matches(codes, ' NFB(29|39|49|62|99) ')) AS "hoftledsprotes",
    count(*) FILTER (contains(codes, ' LEF')) AS "framfall",
    count(*) FILTER (regexp_matches(codes, ' CJ[CDE]')) AS "gra-starr"
  FROM contact GROUP BY ALL
)
SELECT concat_ws(';', HEMLAN, area, year, month, provider, n)
FROM (UNPIVOT total ON "hoftledsprotes", "framfall", "gra-starr" INTO NAME area VALUE n)
