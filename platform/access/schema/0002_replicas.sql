-- expand
-- Owned by platform/access. Which server processes there are, and where a node reaches each. Kept by the replicas' own
-- beats; a row that is not renewed means nothing any more.
CREATE TABLE replicas (
  id       text  PRIMARY KEY,
  url      text  NOT NULL,
  seen_at  @int  NOT NULL
) @strict;
