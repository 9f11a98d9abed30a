-- Webhooks rank a payment's events as they were booked, and look up at the place of each whether it was a retried letter.
CREATE INDEX retried_letter_offset ON retried_letter (partition_no, partition_offset);
