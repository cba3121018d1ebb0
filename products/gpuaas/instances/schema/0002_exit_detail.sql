-- expand
-- Owned by products/gpuaas/instances. What a person is told of a start that failed, beside its stable word.
ALTER TABLE gpuaas_instances ADD COLUMN exit_detail text;
