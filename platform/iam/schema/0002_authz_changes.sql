-- expand
-- Owned by platform/iam. Forward only: an applied migration never changes.

-- What each growth of an epoch was about (a binding, a principal, a key): what an index reads before it may say that it
-- is of that epoch.
CREATE TABLE authz_changes (
  scope_id  @id   NOT NULL,  -- an organization, or the platform
  epoch     @int  NOT NULL,  -- as it was afterwards
  about     @id   NOT NULL,
  PRIMARY KEY (scope_id, epoch)
) @strict;
@append_only(authz_changes);
