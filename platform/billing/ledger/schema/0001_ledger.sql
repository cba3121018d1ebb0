-- expand
-- Owned by platform/billing/ledger. Forward only: an applied migration never changes.

-- `prepaid/ORG`, `credits-granted/ORG`, `revenue/PRODUCT/ORG`: each account is one organization's, the house's side too.
CREATE TABLE accounts (
  name          @id   PRIMARY KEY,
  organization  @id   NOT NULL,
  currency      text  NOT NULL,
  opened_at     @int  NOT NULL
) @strict;
@append_only(accounts);

CREATE TABLE transfers (
  id            @id   PRIMARY KEY,
  organization  @id   NOT NULL,
  at            @int  NOT NULL,
  debit         @id   NOT NULL REFERENCES accounts (name),
  credit        @id   NOT NULL REFERENCES accounts (name),
  amount        @int  NOT NULL CHECK (amount > 0),
  currency      text  NOT NULL,
  kind          text  NOT NULL CHECK (kind IN ('posted', 'pending', 'voided', 'expired')),
  charge        @id,            -- what it pays for
  resource      @id   NOT NULL, -- empty: about none
  reverses      @id   REFERENCES transfers (id),
  note          text  NOT NULL,
  CONSTRAINT transfers_two_accounts CHECK (debit <> credit)
) @strict;
CREATE UNIQUE INDEX transfers_charge_once ON transfers (charge) WHERE charge IS NOT NULL;
CREATE UNIQUE INDEX transfers_reversed_once ON transfers (reverses) WHERE reverses IS NOT NULL;
CREATE INDEX transfers_of_organization ON transfers (organization, id);
CREATE INDEX transfers_of_resource ON transfers (resource, id) WHERE resource <> '';
@append_only(transfers);

-- What a posted transfer does to each of its accounts; balances are sums of these.
CREATE TABLE postings (
  transfer      @id   NOT NULL REFERENCES transfers (id),
  side          text  NOT NULL CHECK (side IN ('debit', 'credit')),
  account       @id   NOT NULL REFERENCES accounts (name),
  organization  @id   NOT NULL,
  amount        @int  NOT NULL CHECK (amount > 0),
  currency      text  NOT NULL,
  PRIMARY KEY (transfer, side)
) @strict;
CREATE INDEX postings_of_organization ON postings (organization, account, side, amount);
@append_only(postings);
