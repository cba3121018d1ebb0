-- expand
-- Owned by platform/access. A session moves from asked to opened to ended; what happened when is in the log too.
CREATE TABLE access_sessions (
  id                 @id   PRIMARY KEY,
  organization_id    @id   NOT NULL,
  path               text  NOT NULL,  -- scope ids from the payer down, separated by "/"
  principal_id       @id   NOT NULL,
  family             text  NOT NULL CHECK (family IN ('terminal', 'browser_app', 'api_app', 'metrics', 'operator_tool')),
  resource           text  NOT NULL,
  node_id            @id   NOT NULL,
  what               text  NOT NULL,
  ticket_sha256      text  NOT NULL UNIQUE,
  created_at         @int  NOT NULL,
  ticket_expires_at  @int  NOT NULL,
  opened_at          @int,
  ended_at           @int,
  ended_by           text  NOT NULL DEFAULT '',
  CONSTRAINT access_sessions_order CHECK (opened_at IS NULL OR opened_at >= created_at)
) @strict;

CREATE INDEX access_sessions_of ON access_sessions (resource, id);
