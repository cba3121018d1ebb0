-- expand
-- Owned by platform/billing/metering. Forward only: an applied migration never changes.
CREATE TABLE usage_events (
  id            @id   PRIMARY KEY,
  reported      @id   NOT NULL,  -- the id that the node gave it; of the first piece the same
  piece         @int  NOT NULL,  -- an interval that spans a move is split there: 0, 1, …
  content       text  NOT NULL,  -- of the report as a whole: the same id comes with the same content
  recorded_at   @int  NOT NULL,
  start_at      @int  NOT NULL,
  end_at        @int  NOT NULL,
  meter         @id   NOT NULL,
  unit          text  NOT NULL,
  sku           @id   NOT NULL,
  quantity      @int  NOT NULL CHECK (quantity >= 0),
  resource      @id   NOT NULL,
  organization  @id   NOT NULL,  -- the path's first: who pays
  path          @id   NOT NULL,  -- as the tree was at the time of the event; ids of 30 bytes with / between
  node          @id   NOT NULL,
  simulated     @int  NOT NULL CHECK (simulated IN (0, 1)),
  CONSTRAINT usage_events_interval CHECK (start_at < end_at)
) @strict;
CREATE UNIQUE INDEX usage_events_reported ON usage_events (reported, piece);
CREATE UNIQUE INDEX usage_events_once ON usage_events (resource, meter, start_at);
CREATE INDEX usage_events_of_resource ON usage_events (resource, id);
@append_only(usage_events);

-- Which events lie at a scope or below it.
CREATE TABLE usage_scopes (
  scope  @id  NOT NULL,
  event  @id  NOT NULL REFERENCES usage_events (id),
  PRIMARY KEY (scope, event)
) @strict;
@append_only(usage_scopes);

-- What is still to be rated: a queue, not a book.
CREATE TABLE usage_unrated (
  event         @id   PRIMARY KEY REFERENCES usage_events (id),
  organization  @id   NOT NULL,
  retry_at      @int  NOT NULL
) @strict;
CREATE INDEX usage_unrated_due ON usage_unrated (retry_at, event);
