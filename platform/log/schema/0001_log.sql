-- expand
-- Owned by platform/log. Forward only: an applied migration never changes.

-- What transactions put here the sequencer takes away again: at rest it is empty. `txid` is the transaction's own number on
-- PostgreSQL, where it is the order of "saw"; on SQLite the order of writing is that already.
CREATE TABLE log_inbox (
  seq        @serial PRIMARY KEY,
  txid       @txid  NOT NULL,
  id         @id    NOT NULL,
  at         @int   NOT NULL,
  path       @id    NOT NULL,  -- ids of 30 bytes with / between: first the organization, last the scope
  principal  @id    NOT NULL,
  home       @id    NOT NULL,
  action     @id    NOT NULL,
  resource   @id    NOT NULL,  -- empty: about none
  outcome    text   NOT NULL,
  target     text   NOT NULL,
  via        text   NOT NULL,  -- the binding that allowed it
  detail     text   NOT NULL
) @strict;
CREATE INDEX log_inbox_order ON log_inbox (txid, seq);

CREATE TABLE log (
  idx        @int   PRIMARY KEY CHECK (idx >= 1),
  id         @id    NOT NULL,
  at         @int   NOT NULL,
  path       @id    NOT NULL,
  principal  @id    NOT NULL,
  home       @id    NOT NULL,
  action     @id    NOT NULL,
  resource   @id    NOT NULL,
  outcome    text   NOT NULL,
  target     text   NOT NULL,
  via        text   NOT NULL,
  detail     text   NOT NULL
) @strict;
@append_only(log);

-- Which entries touch a scope (at or below it) or a resource: how a list and a stream find theirs.
CREATE TABLE log_topics (
  topic  @id   NOT NULL,
  idx    @int  NOT NULL,
  PRIMARY KEY (topic, idx)
) @strict;
@append_only(log_topics);

-- The same answer to the same key, for a day.
CREATE TABLE idempotency_keys (
  key     @id   PRIMARY KEY,
  body    text  NOT NULL,
  answer  text,
  at      @int  NOT NULL
) @strict;
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (at);
