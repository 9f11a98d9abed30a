-- The CloudEvents type that a dead letter came with, '' when it had none: it is read by it again.
ALTER TABLE dead_letter ADD COLUMN message_type TEXT NOT NULL DEFAULT '';

-- Dead letters that were booked after all: when in the stream (after_offset is what the partition's next offset was),
-- and into which window, so that a rebuild does the same. number is their order.
CREATE TABLE retried_letter (
  number BIGINT NOT NULL PRIMARY KEY,
  topic TEXT NOT NULL,
  partition_no INTEGER NOT NULL,
  partition_offset BIGINT NOT NULL,
  after_offset BIGINT NOT NULL,
  settle_date TEXT NOT NULL,
  retried_ms BIGINT NOT NULL
);
CREATE UNIQUE INDEX retried_letter_place ON retried_letter (topic, partition_no, partition_offset);
