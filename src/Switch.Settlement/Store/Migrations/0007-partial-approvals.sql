-- A receipt of a partial approval prints what was approved: the search by card finds it by that as well. Few rows, so that
-- the consumer pays next to nothing. outcome 2 is OUTCOME_PARTIALLY_APPROVED.
CREATE INDEX payment_card_partial ON payment (card_last_four, business_date, approved_minor, accepted_ms, id)
  WHERE outcome = 2;
