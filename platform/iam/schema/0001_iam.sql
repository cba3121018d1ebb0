-- expand
-- Owned by platform/iam. Forward only: an applied migration never changes.

CREATE TABLE scopes (
  id               @id   PRIMARY KEY,
  organization_id  @id   NOT NULL,  -- of an organization its own id
  created_at       @int  NOT NULL,
  created_by       @id   NOT NULL
) @strict;
CREATE INDEX scopes_of_organization ON scopes (organization_id, id);

-- The tree's history. An organization's parent is the platform. An edge is closed (valid_to), never changed otherwise.
CREATE TABLE scope_edges (
  scope_id    @id   NOT NULL,
  parent_id   @id   NOT NULL,
  name        @id   NOT NULL,
  valid_from  @int  NOT NULL,
  valid_to    @int,
  PRIMARY KEY (scope_id, valid_from),
  CONSTRAINT scope_edges_forward CHECK (valid_to IS NULL OR valid_to > valid_from)
) @strict;
CREATE UNIQUE INDEX scope_edges_one_live ON scope_edges (scope_id) WHERE valid_to IS NULL;
CREATE UNIQUE INDEX scope_edges_live_name ON scope_edges (parent_id, name) WHERE valid_to IS NULL;

-- Until when paths of an organization's events are frozen: no edge of it begins before that any more.
CREATE TABLE attributions (
  organization_id   @id   PRIMARY KEY,
  attributed_until  @int  NOT NULL
) @strict;

-- Grows with whatever can take authority away. One row an organization, and one for the platform.
CREATE TABLE authz_epochs (
  scope_id  @id   PRIMARY KEY,
  epoch     @int  NOT NULL
) @strict;
INSERT INTO authz_epochs (scope_id, epoch) VALUES ('plt_00000000000000000000000000', 1);

CREATE TABLE principals (
  id          @id   PRIMARY KEY,
  kind        text  NOT NULL CHECK (kind IN ('user', 'service_account', 'node')),
  home_id     @id,  -- an organization; of a node nothing: the platform
  name        @id   NOT NULL,
  mail        @id,
  state       text  NOT NULL CHECK (state IN ('active', 'disabled')),
  created_at  @int  NOT NULL,
  created_by  @id   NOT NULL,
  CONSTRAINT principals_home CHECK ((kind = 'node') = (home_id IS NULL)),
  CONSTRAINT principals_mail CHECK ((kind = 'user') = (mail IS NOT NULL))
) @strict;
CREATE UNIQUE INDEX principals_mail_once ON principals (mail) WHERE mail IS NOT NULL;
CREATE UNIQUE INDEX principals_node_name ON principals (name) WHERE kind = 'node' AND state = 'active';
CREATE UNIQUE INDEX principals_account_name ON principals (home_id, name) WHERE kind = 'service_account';
CREATE INDEX principals_at_home ON principals (home_id, id);

-- Apart from the people, so that no list of them can show one.
CREATE TABLE passwords (
  principal_id  @id   PRIMARY KEY,
  hash          text  NOT NULL,  -- argon2id
  set_at        @int  NOT NULL
) @strict;

CREATE TABLE sign_ins (
  id            @id   PRIMARY KEY,
  token_hash    @id   NOT NULL UNIQUE,  -- SHA-256 of at least 128 bits of chance
  csrf          text  NOT NULL,
  principal_id  @id   NOT NULL,
  created_at    @int  NOT NULL,
  expires_at    @int  NOT NULL,
  ended_at      @int
) @strict;
CREATE INDEX sign_ins_of_principal ON sign_ins (principal_id) WHERE ended_at IS NULL;

CREATE TABLE api_keys (
  id               @id   PRIMARY KEY,
  token_hash       @id   NOT NULL UNIQUE,
  principal_id     @id   NOT NULL,
  organization_id  @id,  -- the principal's home
  name             @id   NOT NULL,
  created_at       @int  NOT NULL,
  created_by       @id   NOT NULL,
  expires_at       @int,
  removed_at       @int
) @strict;
CREATE INDEX api_keys_of_organization ON api_keys (organization_id, id) WHERE removed_at IS NULL;
CREATE INDEX api_keys_of_principal ON api_keys (principal_id) WHERE removed_at IS NULL;

CREATE TABLE bindings (
  id               @id   PRIMARY KEY,
  organization_id  @id,  -- the scope's; at the platform nothing
  scope_id         @id   NOT NULL,
  principal_id     @id   NOT NULL,
  role             @id   NOT NULL,
  effect           text  NOT NULL CHECK (effect IN ('allow', 'deny')),
  note             text  NOT NULL,
  created_at       @int  NOT NULL,
  created_by       @id   NOT NULL,
  expires_at       @int,
  removed_at       @int,
  removed_by       @id
) @strict;
CREATE UNIQUE INDEX bindings_once ON bindings (scope_id, principal_id, role, effect) WHERE removed_at IS NULL;
CREATE INDEX bindings_of_principal ON bindings (principal_id) WHERE removed_at IS NULL;
CREATE INDEX bindings_at_scope ON bindings (scope_id, id) WHERE removed_at IS NULL;
CREATE INDEX bindings_expiring ON bindings (expires_at) WHERE removed_at IS NULL AND expires_at IS NOT NULL;

-- What products create. A removed one frees its name, and can still be found by id.
CREATE TABLE resources (
  id                  @id   PRIMARY KEY,
  type                @id   NOT NULL,
  name                @id   NOT NULL,
  scope_id            @id   NOT NULL,
  organization_id     @id,  -- the scope's; at the platform nothing
  created_by          @id   NOT NULL,
  created_by_binding  @id,
  created_at          @int  NOT NULL,
  removed_at          @int
) @strict;
CREATE UNIQUE INDEX resources_name ON resources (scope_id, type, name) WHERE removed_at IS NULL;
CREATE INDEX resources_of_organization ON resources (organization_id, id);
CREATE INDEX resources_by_name ON resources (organization_id, name, id);

CREATE TABLE join_tokens (
  id          @id   PRIMARY KEY,
  token_hash  @id   NOT NULL UNIQUE,
  note        text  NOT NULL,
  created_at  @int  NOT NULL,
  created_by  @id   NOT NULL,
  expires_at  @int  NOT NULL,
  used_at     @int,
  used_by     @id
) @strict;

CREATE TABLE nodes (
  principal_id  @id   PRIMARY KEY,
  public_key    text  NOT NULL,  -- Ed25519, base64url
  capacity      text  NOT NULL,  -- JSON, in the node's own terms
  state         text  NOT NULL CHECK (state IN ('linked', 'lost')),
  since         @int  NOT NULL,
  joined_at     @int  NOT NULL
) @strict;

-- A node has a few at once (it dials several servers); a new one takes a slot, so that nobody fills the table.
CREATE TABLE node_challenges (
  node_id     @id   NOT NULL,
  slot        @int  NOT NULL,
  challenge   text  NOT NULL,
  expires_at  @int  NOT NULL,
  PRIMARY KEY (node_id, slot)
) @strict;
