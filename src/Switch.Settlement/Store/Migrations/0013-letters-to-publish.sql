-- Letters are published in the order of their places, a page at a time: the pages come from the index as they are.
DROP INDEX dead_letter_unpublished;
CREATE INDEX dead_letter_unpublished ON dead_letter (published_ms, topic, partition_no, partition_offset);
