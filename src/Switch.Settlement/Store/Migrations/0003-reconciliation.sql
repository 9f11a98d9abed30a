-- Files of acquirers and of the bank that were compared with the books. Rows refer to payments by transaction id and to
-- payouts by their id, never by row numbers: those change in a rebuild, and these rows stay.
-- kind: 1 an acquirer's file, 2 a bank statement. acquirer and covered_date are empty of a bank statement.
CREATE TABLE imported_file (
  id $id$ NOT NULL PRIMARY KEY,
  kind SMALLINT NOT NULL,
  acquirer TEXT NOT NULL,
  name TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  covered_date TEXT NOT NULL,
  lines BIGINT NOT NULL,
  exceptions BIGINT NOT NULL,
  imported_ms BIGINT NOT NULL
);
CREATE UNIQUE INDEX imported_file_once ON imported_file (kind, acquirer, sha256);

-- A movement of ours that a file has accounted for. direction is 1 (money from the cardholder) or -1, so that a sale and
-- its reversal are two. line_no is 0 where the books alone settled it: a sale and its reversal in no file.
CREATE TABLE accounted_line (
  transaction_id TEXT NOT NULL,
  direction SMALLINT NOT NULL,
  import_id BIGINT NOT NULL,
  line_no BIGINT NOT NULL,
  outcome SMALLINT NOT NULL,
  difference_minor BIGINT NOT NULL,
  PRIMARY KEY (transaction_id, direction)
) $clustered$;

-- A movement on the bank account, as it was booked. Amounts that came in are positive. entry_id is 0 when nothing was
-- booked.
CREATE TABLE bank_line (
  import_id BIGINT NOT NULL,
  position_no BIGINT NOT NULL,
  line_no BIGINT NOT NULL,
  account TEXT NOT NULL,
  reference TEXT NOT NULL,
  end_to_end_id TEXT NOT NULL,
  currency TEXT NOT NULL,
  amount_minor BIGINT NOT NULL,
  booked_date TEXT NOT NULL,
  text TEXT NOT NULL,
  outcome SMALLINT NOT NULL,
  entry_id BIGINT NOT NULL,
  PRIMARY KEY (import_id, position_no)
) $clustered$;
CREATE INDEX bank_line_reference ON bank_line (reference, booked_date);

-- What a bank line has accounted for: a payout by its id, or what an acquirer owed of a settlement date
-- ("acquirer|currency|date").
CREATE TABLE bank_accounted (
  reference TEXT NOT NULL PRIMARY KEY,
  import_id BIGINT NOT NULL,
  position_no BIGINT NOT NULL
);

-- What a person has to look at. Open while resolved_ms is 0. outcome is the number of the finding; subject says what our
-- side of it is: a transaction id, a payout's id or what an acquirer owed; empty when we have none.
CREATE TABLE reconciliation_exception (
  id $id$ NOT NULL PRIMARY KEY,
  import_id BIGINT NOT NULL,
  line_no BIGINT NOT NULL,
  outcome SMALLINT NOT NULL,
  acquirer TEXT NOT NULL,
  subject TEXT NOT NULL,
  direction SMALLINT NOT NULL,
  rrn TEXT NOT NULL,
  approval_code TEXT NOT NULL,
  card_last_four TEXT NOT NULL,
  business_date TEXT NOT NULL,
  ours_currency TEXT NOT NULL,
  ours_minor BIGINT NOT NULL,
  theirs_currency TEXT NOT NULL,
  theirs_minor BIGINT NOT NULL,
  opened_ms BIGINT NOT NULL,
  resolved_ms BIGINT NOT NULL,
  resolved_by TEXT NOT NULL,
  note TEXT NOT NULL
);
CREATE INDEX reconciliation_exception_open ON reconciliation_exception (resolved_ms, opened_ms);
CREATE INDEX reconciliation_exception_subject ON reconciliation_exception (subject, direction);
