-- Which line of a bank statement an exception is of, from 0, so that the line can be compared again when what it is for
-- is closed; -1 when it is of none. What was open before is given its line where there is but one that it can be.
ALTER TABLE reconciliation_exception ADD COLUMN position_no BIGINT NOT NULL DEFAULT -1;
UPDATE reconciliation_exception SET position_no = COALESCE((
  SELECT MIN(l.position_no) FROM bank_line l
  WHERE l.import_id = reconciliation_exception.import_id AND l.line_no = reconciliation_exception.line_no
    AND l.reference = reconciliation_exception.rrn AND l.currency = reconciliation_exception.theirs_currency
    AND l.amount_minor = reconciliation_exception.theirs_minor
  HAVING COUNT(*) = 1), -1)
WHERE resolved_ms = 0 AND line_no > 0;
