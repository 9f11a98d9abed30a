-- What the lines of an acquirer's file add up to in a currency, positive when money goes to us: the second of the three
-- ways, beside the books and the bank.
CREATE TABLE imported_total (
  import_id BIGINT NOT NULL,
  currency TEXT NOT NULL,
  lines BIGINT NOT NULL,
  amount_minor BIGINT NOT NULL,
  PRIMARY KEY (import_id, currency)
) $clustered$;
CREATE INDEX imported_file_date ON imported_file (kind, acquirer, covered_date);
