-- expand
-- Owned by platform/access. What its asker came with, a key's or a sign-in's id: a session ends with it. Of a session from
-- before this column nothing is known, and its asker's permission alone holds it.
ALTER TABLE access_sessions ADD COLUMN credential text NOT NULL DEFAULT '';
