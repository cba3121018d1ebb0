-- expand
-- Owned by platform/registry. Forward only: an applied migration never changes.

-- What one unit of a meter costs for a SKU, from a time on. A changed price is a new book.
CREATE TABLE price_versions (
  product     @id   NOT NULL,
  book        @id   NOT NULL,
  sku         @id   NOT NULL,
  meter       @id   NOT NULL,
  unit        text  NOT NULL,
  currency    text  NOT NULL,
  picos       @int  NOT NULL CHECK (picos >= 0),
  per         @int  NOT NULL CHECK (per > 0),
  per_text    text  NOT NULL,
  valid_from  @int  NOT NULL,
  simulated   @int  NOT NULL,
  added_at    @int  NOT NULL,
  PRIMARY KEY (product, book, sku, meter)
) @strict;
-- Of one SKU and meter at most one version begins at a time.
CREATE UNIQUE INDEX price_versions_in_force ON price_versions (sku, meter, valid_from);
@append_only(price_versions);
