-- A file without any line may be the same bytes for two dates, when its date is not in it. One with lines is imported once.
DROP INDEX imported_file_once;
CREATE UNIQUE INDEX imported_file_once ON imported_file (kind, acquirer, sha256, covered_date);
