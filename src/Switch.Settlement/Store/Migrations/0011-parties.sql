-- Who paid whom, as the terms had it at the close: files that are asked for again name the parties of then, not of today.
-- Details are lines of address and VAT number. Closes that were made before this have no operator_name.
ALTER TABLE closed_day ADD COLUMN operator_name TEXT NOT NULL DEFAULT '';
ALTER TABLE closed_day ADD COLUMN operator_details TEXT NOT NULL DEFAULT '';
ALTER TABLE closed_day ADD COLUMN operator_town TEXT NOT NULL DEFAULT '';
ALTER TABLE closed_day ADD COLUMN operator_country TEXT NOT NULL DEFAULT '';
ALTER TABLE closed_day ADD COLUMN operator_iban TEXT NOT NULL DEFAULT '';
ALTER TABLE closed_day ADD COLUMN operator_bic TEXT NOT NULL DEFAULT '';
ALTER TABLE payout ADD COLUMN creditor_details TEXT NOT NULL DEFAULT '';
ALTER TABLE payout ADD COLUMN creditor_town TEXT NOT NULL DEFAULT '';
