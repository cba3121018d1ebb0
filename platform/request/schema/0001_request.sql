-- expand
-- Owned by platform/request. Keys of the installation that all its replicas share, made by the first that starts.
CREATE TABLE installation_keys (
  name     text  PRIMARY KEY,
  key_hex  text  NOT NULL
) @strict;
