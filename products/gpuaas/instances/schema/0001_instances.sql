-- expand
-- Owned by products/gpuaas/instances. `path` is where the instance was launched, scope ids from the organization down:
-- lists search by its beginning. What it is billed by is the tree's history, not this.
CREATE TABLE gpuaas_instances (
  id            @id   PRIMARY KEY,
  project_id    @id   NOT NULL,
  path          text  NOT NULL,
  name          text  NOT NULL,
  shape         text  NOT NULL,
  command       text  NOT NULL,  -- JSON
  env           text  NOT NULL,  -- JSON
  state         text  NOT NULL CHECK (state IN ('requested', 'placed', 'starting', 'running', 'stopping', 'stopped',
                                                'exited', 'failed')),
  state_reason  text  NOT NULL,
  wanted        text  NOT NULL CHECK (wanted IN ('running', 'stopped', 'removed')),
  generation    @int  NOT NULL,
  node_id       @id,
  gpu_indices   text  NOT NULL,  -- JSON
  holds         @int  NOT NULL CHECK (holds IN (0, 1)),  -- room on its node
  created_by    @id   NOT NULL,
  requested_at  @int  NOT NULL,
  placed_at     @int,
  starting_at   @int,
  running_at    @int,
  ended_at      @int,
  exit_code     @int,
  exit_signal   @int,
  exit_oom      @int,
  exit_failure  text,
  deleted_at    @int,
  CONSTRAINT gpuaas_instances_holds CHECK (holds = 0 OR node_id IS NOT NULL),
  CONSTRAINT gpuaas_instances_ended CHECK ((state IN ('stopped', 'exited', 'failed')) = (ended_at IS NOT NULL))
) @strict;

CREATE INDEX gpuaas_instances_by_path ON gpuaas_instances (path, id);
CREATE INDEX gpuaas_instances_by_node ON gpuaas_instances (node_id, id) WHERE wanted <> 'removed' OR holds = 1;
CREATE INDEX gpuaas_instances_waiting ON gpuaas_instances (id) WHERE state = 'requested';
