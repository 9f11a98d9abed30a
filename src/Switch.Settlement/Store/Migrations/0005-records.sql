-- Records: every search ends in pages by (accepted_ms, id), so that each index carries both and nothing is sorted.
DROP INDEX payment_rrn;
DROP INDEX payment_terminal;
DROP INDEX payment_card;
DROP INDEX payment_merchant;
CREATE INDEX payment_rrn ON payment (rrn, accepted_ms, id);
CREATE INDEX payment_terminal ON payment (terminal_id, accepted_ms, id);
CREATE INDEX payment_card ON payment (card_last_four, business_date, requested_minor, accepted_ms, id);
CREATE INDEX payment_merchant ON payment (merchant_id, accepted_ms, id);

-- Exports go by date, a page of ids at a time.
CREATE INDEX payment_date ON payment (business_date, id);
CREATE INDEX entry_date ON entry (settle_date, id);

-- The entries of a payment; those of settlement itself belong to none.
CREATE INDEX entry_payment ON entry (payment_id, id) WHERE payment_id > 0;

-- Answered requests, summed up in the transaction that writes their events: statistics read these rows only.
-- Each is counted twice: under its merchant, and under '', which is all merchants.
CREATE TABLE statistic_hour (
  business_date TEXT NOT NULL,
  hour_ms BIGINT NOT NULL,
  merchant_id TEXT NOT NULL,
  acquirer TEXT NOT NULL,
  scheme TEXT NOT NULL,
  entry_mode SMALLINT NOT NULL,
  kind SMALLINT NOT NULL,
  currency TEXT NOT NULL,
  outcome SMALLINT NOT NULL,
  declined_by SMALLINT NOT NULL,
  response_code TEXT NOT NULL,
  requests BIGINT NOT NULL,
  requested_minor BIGINT NOT NULL,
  approved_minor BIGINT NOT NULL,
  PRIMARY KEY (business_date, hour_ms, merchant_id, acquirer, scheme, entry_mode, kind, currency, outcome, declined_by,
    response_code)
) $clustered$;
CREATE INDEX statistic_hour_merchant ON statistic_hour (merchant_id, business_date);
