-- What merchants' systems are told of their payments. Nothing here refers to the row of an event, only to its event id
-- and place on the topic: the books can be rebuilt, and what was delivered is still known.

-- Fan-out reads a partition's events in the order of their offsets.
CREATE INDEX event_partition ON event (partition_no, partition_offset);

-- Where a merchant's events go. No event_types: all of them; else names between commas.
CREATE TABLE webhook_endpoint (
  id TEXT NOT NULL PRIMARY KEY,
  merchant_id TEXT NOT NULL,
  url TEXT NOT NULL,
  event_types TEXT NOT NULL,
  state SMALLINT NOT NULL,
  state_reason TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  paused_until_ms BIGINT NOT NULL,
  failing_since_ms BIGINT NOT NULL
);
CREATE INDEX webhook_endpoint_merchant ON webhook_endpoint (merchant_id);

-- The secrets that sign, encrypted; the key lies outside of the database. One whose time has ended signs no more.
CREATE TABLE webhook_secret (
  endpoint_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  sealed TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  ends_ms BIGINT NOT NULL,
  PRIMARY KEY (endpoint_id, version)
);

-- The next offset of each partition to make deliveries of, written in the transaction that writes those.
CREATE TABLE webhook_cursor (
  partition_no INTEGER NOT NULL PRIMARY KEY,
  next_offset BIGINT NOT NULL
);

-- One event for one endpoint; again with the time of a replay. due_ms is also the end of the lease of whoever sends it,
-- and claim says who that is.
CREATE TABLE webhook_delivery (
  endpoint_id TEXT NOT NULL,
  event_id TEXT NOT NULL,
  replay_ms BIGINT NOT NULL,
  transaction_id TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  position BIGINT NOT NULL,
  state SMALLINT NOT NULL,
  attempts INTEGER NOT NULL,
  due_ms BIGINT NOT NULL,
  claim TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  finished_ms BIGINT NOT NULL,
  status_code INTEGER NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (endpoint_id, event_id, replay_ms)
);
CREATE INDEX webhook_delivery_due ON webhook_delivery (endpoint_id, due_ms, position) WHERE state = 1;
CREATE INDEX webhook_delivery_finished ON webhook_delivery (state, finished_ms);
