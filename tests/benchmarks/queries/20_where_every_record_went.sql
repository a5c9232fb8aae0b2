-- Where every record of every city went.
SELECT city, dataset, sum(records_received) AS received, sum(records_in_core) AS in_core,
       sum(records_quarantined) AS quarantined, sum(records_duplicate) AS duplicate, sum(records_superseded) AS superseded
FROM ops.row_accounting
GROUP BY ALL
ORDER BY ALL
