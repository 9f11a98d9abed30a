-- Both stores run this text. Where their words differ stands a variable: for binary data, for the key that numbers rows,
-- for a table kept in the order of its key. Dates are YYYY-MM-DD, times Unix milliseconds (UTC), amounts minor units of the
-- row's currency, and enums the numbers of the contract or of the code.

-- The next offset to read of each partition, written in the transaction that writes what was read, and the first that
-- was ever read.
CREATE TABLE consumed (
  topic TEXT NOT NULL,
  partition_no INTEGER NOT NULL,
  next_offset BIGINT NOT NULL,
  first_offset BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (topic, partition_no)
);

-- Blocks of ids are taken from here by whoever writes, so that consumers do not wait for each other. The row
-- "generation" counts rebuilds: what was remembered of an earlier one no longer holds.
CREATE TABLE id_block (
  name TEXT NOT NULL PRIMARY KEY,
  next_id BIGINT NOT NULL
);

-- One row a transaction: what support looks up. The first event makes it, later ones complete it.
CREATE TABLE payment (
  id $id$ NOT NULL PRIMARY KEY,
  transaction_id TEXT NOT NULL,
  root_transaction_id TEXT NOT NULL,
  merchant_id TEXT NOT NULL,
  terminal_id TEXT NOT NULL,
  acquirer TEXT NOT NULL,
  rrn TEXT NOT NULL,
  stan INTEGER NOT NULL,
  batch_number INTEGER NOT NULL,
  kind SMALLINT NOT NULL,
  entry_mode SMALLINT NOT NULL,
  currency TEXT NOT NULL,
  requested_minor BIGINT NOT NULL,
  approved_minor BIGINT NOT NULL,
  outcome SMALLINT NOT NULL,
  declined_by SMALLINT NOT NULL,
  response_code TEXT NOT NULL,
  approval_code TEXT NOT NULL,
  scheme TEXT NOT NULL,
  funding TEXT NOT NULL,
  issuer_country TEXT NOT NULL,
  mcc TEXT NOT NULL,
  card_first_six TEXT NOT NULL,
  card_last_four TEXT NOT NULL,
  card_token TEXT NOT NULL,
  business_date TEXT NOT NULL,
  accepted_ms BIGINT NOT NULL,
  answered_ms BIGINT NOT NULL,
  stage SMALLINT NOT NULL,
  approval_entry_id BIGINT NOT NULL
);
CREATE UNIQUE INDEX payment_transaction ON payment (transaction_id);
CREATE INDEX payment_rrn ON payment (rrn);
CREATE INDEX payment_terminal ON payment (terminal_id, accepted_ms);
CREATE INDEX payment_card ON payment (business_date, card_last_four, requested_minor);
CREATE INDEX payment_merchant ON payment (merchant_id, accepted_ms);

-- Every event once, as it came.
CREATE TABLE event (
  id $id$ NOT NULL PRIMARY KEY,
  event_id TEXT NOT NULL,
  payment_id BIGINT NOT NULL,
  type SMALLINT NOT NULL,
  occurred_ms BIGINT NOT NULL,
  partition_no INTEGER NOT NULL,
  partition_offset BIGINT NOT NULL,
  payload $blob$ NOT NULL
);
-- An event id begins with its transaction's, so this makes it unique. Led by the payment, new rows come at the end.
CREATE UNIQUE INDEX event_once ON event (payment_id, event_id);

-- What could not be read, with the reason. published_ms is 0 until it is on the topic of dead letters.
CREATE TABLE dead_letter (
  topic TEXT NOT NULL,
  partition_no INTEGER NOT NULL,
  partition_offset BIGINT NOT NULL,
  reason TEXT NOT NULL,
  received_ms BIGINT NOT NULL,
  message_key TEXT NOT NULL,
  payload $blob$ NOT NULL,
  published_ms BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (topic, partition_no, partition_offset)
);
CREATE INDEX dead_letter_unpublished ON dead_letter (published_ms);

-- A journal entry: an event that moves money (event_row), or a step of settlement itself (reference).
CREATE TABLE entry (
  id $id$ NOT NULL PRIMARY KEY,
  event_row BIGINT NOT NULL,
  payment_id BIGINT NOT NULL,
  reference TEXT NOT NULL,
  acquirer TEXT NOT NULL,
  merchant_id TEXT NOT NULL,
  currency TEXT NOT NULL,
  business_date TEXT NOT NULL,
  settle_date TEXT NOT NULL,
  kind SMALLINT NOT NULL
);
CREATE INDEX entry_window ON entry (settle_date, merchant_id, currency, acquirer);

-- The lines of an entry: they add up to zero.
CREATE TABLE posting (
  entry_id BIGINT NOT NULL,
  line SMALLINT NOT NULL,
  account SMALLINT NOT NULL,
  amount_minor BIGINT NOT NULL,
  rule_id INTEGER NOT NULL,
  remainder_micro BIGINT NOT NULL,
  PRIMARY KEY (entry_id, line)
) $clustered$;

-- Fee rules as they read when they were used.
CREATE TABLE fee_rule (
  id INTEGER NOT NULL PRIMARY KEY,
  rule_key TEXT NOT NULL,
  rule_text TEXT NOT NULL
);
CREATE UNIQUE INDEX fee_rule_text ON fee_rule (rule_key, rule_text);

-- The sum of all postings, kept in the transaction that posts: windows and balances are read from here.
CREATE TABLE balance (
  settle_date TEXT NOT NULL,
  acquirer TEXT NOT NULL,
  merchant_id TEXT NOT NULL,
  currency TEXT NOT NULL,
  business_date TEXT NOT NULL,
  entry_kind SMALLINT NOT NULL,
  account SMALLINT NOT NULL,
  amount_minor BIGINT NOT NULL,
  remainder_micro BIGINT NOT NULL,
  entries BIGINT NOT NULL,
  PRIMARY KEY (settle_date, acquirer, merchant_id, currency, business_date, entry_kind, account)
) $clustered$;

-- A closed business date. What was consumed below the watermark of its partition belongs to it; what came later settles
-- on a later date.
CREATE TABLE closed_day (
  business_date TEXT NOT NULL PRIMARY KEY,
  closed_ms BIGINT NOT NULL,
  closed_by TEXT NOT NULL
);
CREATE TABLE closed_day_watermark (
  business_date TEXT NOT NULL,
  topic TEXT NOT NULL,
  partition_no INTEGER NOT NULL,
  next_offset BIGINT NOT NULL,
  PRIMARY KEY (business_date, topic, partition_no)
);
