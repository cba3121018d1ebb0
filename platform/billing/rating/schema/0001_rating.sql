-- expand
-- Owned by platform/billing/rating. Forward only: an applied migration never changes.
CREATE TABLE charges (
  id            @id   PRIMARY KEY,
  usage_event   @id   NOT NULL,
  at            @int  NOT NULL,
  organization  @id   NOT NULL,
  scope         @id   NOT NULL,  -- the path's last
  resource      @id   NOT NULL,
  meter         @id   NOT NULL,
  unit          text  NOT NULL,
  quantity      @int  NOT NULL CHECK (quantity >= 0),
  product       @id   NOT NULL,
  price_book    @id   NOT NULL,
  sku           @id   NOT NULL,
  picos         @int  NOT NULL CHECK (picos >= 0),
  per           @int  NOT NULL CHECK (per > 0),
  per_text      text  NOT NULL,
  currency      text  NOT NULL,
  amount        @int  NOT NULL CHECK (amount >= 0),
  ordinal       @int  NOT NULL CHECK (ordinal >= 1),  -- of those that share a residual
  simulated     @int  NOT NULL CHECK (simulated IN (0, 1))
) @strict;
CREATE UNIQUE INDEX charges_once ON charges (usage_event);
CREATE UNIQUE INDEX charges_in_order ON charges (resource, meter, currency, per, ordinal);
CREATE INDEX charges_of_resource ON charges (resource, id);
@append_only(charges);

-- Which charges lie at a scope or below it, by the day of the usage.
CREATE TABLE charge_scopes (
  scope   @id   NOT NULL,
  charge  @id   NOT NULL REFERENCES charges (id),
  day     text  NOT NULL,
  PRIMARY KEY (scope, charge)
) @strict;
CREATE INDEX charge_scopes_by_day ON charge_scopes (scope, day);
@append_only(charge_scopes);

-- What one resource and meter came to so far: exactly, and as charged. Only a shortcut: it follows from the charges.
CREATE TABLE rating_residuals (
  resource  @id   NOT NULL,
  meter     @id   NOT NULL,
  currency  text  NOT NULL,
  per       @int  NOT NULL,
  ordinal   @int  NOT NULL,
  exact     text  NOT NULL,  -- 128 bits: sum of picos x quantity
  charged   @int  NOT NULL,  -- micros
  PRIMARY KEY (resource, meter, currency, per)
) @strict;
