-- Asserts that every record of every accepted extract is in core, quarantined, a duplicate or superseded.
select *
from {{ source('ops', 'row_accounting') }}
where records_received <> records_in_core + records_quarantined + records_duplicate + records_superseded
