-- expand
-- Owned by products/gpuaas/inventory. What a node has, and what of it is taken; the CHECKs hold it, whoever races.
CREATE TABLE gpuaas_nodes (
  node_id         @id   PRIMARY KEY,
  name            text  NOT NULL,
  cpu_millicores  @int  NOT NULL,
  memory          @int  NOT NULL,
  gpus            @int  NOT NULL,
  gpu_model       text  NOT NULL,
  gpu_memory      @int  NOT NULL,
  simulated       @int  NOT NULL CHECK (simulated IN (0, 1)),
  cpu_used        @int  NOT NULL CHECK (cpu_used >= 0),
  memory_used     @int  NOT NULL CHECK (memory_used >= 0),
  reported_at     @int  NOT NULL
) @strict;

CREATE TABLE gpuaas_gpu_slots (
  node_id      @id   NOT NULL,
  gpu          @int  NOT NULL,
  instance_id  @id,
  PRIMARY KEY (node_id, gpu)
) @strict;

CREATE INDEX gpuaas_gpu_slots_of ON gpuaas_gpu_slots (instance_id) WHERE instance_id IS NOT NULL;
