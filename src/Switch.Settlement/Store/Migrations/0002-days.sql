-- Closes, what they closed, and what they pay. A window's amounts are signed by what they do to the merchant's money:
-- what raises the payout is positive. So net is the sum of sales, refunds, reversals, fees, VAT, reserve held and
-- released, adjustments and chargebacks. Interchange and scheme cost are the operator's expense and not in net.
-- Rows here come of closes and of persons, never of events: a rebuild keeps them, and the entries that have a reference.
CREATE TABLE settlement_window (
  settle_date TEXT NOT NULL,
  acquirer TEXT NOT NULL,
  merchant_id TEXT NOT NULL,
  currency TEXT NOT NULL,
  close_date TEXT NOT NULL,
  sales_count BIGINT NOT NULL,
  sales_minor BIGINT NOT NULL,
  refunds_count BIGINT NOT NULL,
  refunds_minor BIGINT NOT NULL,
  reversals_count BIGINT NOT NULL,
  reversals_minor BIGINT NOT NULL,
  fees_minor BIGINT NOT NULL,
  vat_minor BIGINT NOT NULL,
  reserve_held_minor BIGINT NOT NULL,
  reserve_released_minor BIGINT NOT NULL,
  adjustments_count BIGINT NOT NULL,
  adjustments_minor BIGINT NOT NULL,
  chargebacks_count BIGINT NOT NULL,
  chargebacks_minor BIGINT NOT NULL,
  net_minor BIGINT NOT NULL,
  interchange_minor BIGINT NOT NULL,
  scheme_cost_minor BIGINT NOT NULL,
  PRIMARY KEY (settle_date, acquirer, merchant_id, currency)
) $clustered$;
CREATE INDEX settlement_window_close ON settlement_window (close_date, merchant_id, currency);
CREATE INDEX settlement_window_merchant ON settlement_window (merchant_id, settle_date);

-- One row a close, merchant and currency: what was brought forward, what the close added, what is paid, and what is
-- carried on. brought_minor + net_minor = amount_minor + carried_minor. status: 1 ordered, 2 held (hold_reason says
-- why; a part may be paid all the same), 3 carried forward because it is not positive. An ordered payout has an entry.
CREATE TABLE payout (
  id TEXT NOT NULL PRIMARY KEY,
  close_date TEXT NOT NULL,
  merchant_id TEXT NOT NULL,
  currency TEXT NOT NULL,
  brought_minor BIGINT NOT NULL,
  net_minor BIGINT NOT NULL,
  amount_minor BIGINT NOT NULL,
  carried_minor BIGINT NOT NULL,
  status SMALLINT NOT NULL,
  hold_reason TEXT NOT NULL,
  value_date TEXT NOT NULL,
  creditor_name TEXT NOT NULL,
  creditor_country TEXT NOT NULL,
  iban TEXT NOT NULL,
  account TEXT NOT NULL,
  bic TEXT NOT NULL,
  entry_id BIGINT NOT NULL
);
CREATE UNIQUE INDEX payout_close ON payout (close_date, merchant_id, currency);
CREATE INDEX payout_merchant ON payout (merchant_id, close_date);

-- What is kept back of a business date and not yet given back; a reversal after the release leaves a negative row, which
-- the next close takes from the merchant.
CREATE TABLE reserve_held (
  business_date TEXT NOT NULL,
  acquirer TEXT NOT NULL,
  merchant_id TEXT NOT NULL,
  currency TEXT NOT NULL,
  held_minor BIGINT NOT NULL,
  PRIMARY KEY (business_date, acquirer, merchant_id, currency)
) $clustered$;

-- A person's word that a merchant is not paid, or that an amount is kept back. kind: 1 manual, 2 chargeback.
-- amount_minor 0 holds everything. currency '' is every currency. Released when released_ms is not 0.
CREATE TABLE payout_hold (
  id $id$ NOT NULL PRIMARY KEY,
  merchant_id TEXT NOT NULL,
  currency TEXT NOT NULL,
  kind SMALLINT NOT NULL,
  amount_minor BIGINT NOT NULL,
  reason TEXT NOT NULL,
  placed_by TEXT NOT NULL,
  placed_ms BIGINT NOT NULL,
  released_by TEXT NOT NULL,
  released_ms BIGINT NOT NULL
);
CREATE INDEX payout_hold_merchant ON payout_hold (merchant_id, released_ms);

-- What a person entered. reference is that person's own (a case number) and makes a second entry of the same a replay.
-- kind: 1 correction, 2 chargeback, 3 chargeback won back. amount_minor is signed by what it does to the merchant's money.
CREATE TABLE adjustment (
  reference TEXT NOT NULL PRIMARY KEY,
  merchant_id TEXT NOT NULL,
  acquirer TEXT NOT NULL,
  currency TEXT NOT NULL,
  amount_minor BIGINT NOT NULL,
  kind SMALLINT NOT NULL,
  reason TEXT NOT NULL,
  entered_by TEXT NOT NULL,
  entered_ms BIGINT NOT NULL,
  settle_date TEXT NOT NULL,
  entry_id BIGINT NOT NULL
);
CREATE INDEX adjustment_merchant ON adjustment (merchant_id, settle_date);
