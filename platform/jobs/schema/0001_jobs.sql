-- expand
-- Owned by platform/jobs. Forward only: an applied migration never changes.
CREATE TABLE jobs (
  id           @id   PRIMARY KEY,
  name         @id   NOT NULL,  -- of the permission it is done with
  resource     @id   NOT NULL,  -- what it is listed for
  input        text  NOT NULL,
  state        text  NOT NULL CHECK (state IN ('waiting', 'leased', 'done', 'parked')),
  attempts     @int  NOT NULL,
  next_at      @int  NOT NULL,
  lease        @int  NOT NULL,  -- grows with each lease: who holds an older one cannot commit
  leased_by    text,
  lease_until  @int,
  error        text  NOT NULL,
  ended_at     @int,
  CONSTRAINT jobs_leased CHECK ((state = 'leased') = (lease_until IS NOT NULL)),
  CONSTRAINT jobs_ended CHECK ((state = 'done') = (ended_at IS NOT NULL))
) @strict;
CREATE INDEX jobs_due ON jobs (next_at, id) WHERE state = 'waiting';
CREATE INDEX jobs_leased_until ON jobs (lease_until) WHERE state = 'leased';
CREATE INDEX jobs_ended_at ON jobs (ended_at) WHERE state = 'done';

-- Which replica runs a repeated job for now. Only an economy: two at once do no harm.
CREATE TABLE job_turns (
  name   @id   PRIMARY KEY,
  taker  text  NOT NULL,
  until  @int  NOT NULL
) @strict;
