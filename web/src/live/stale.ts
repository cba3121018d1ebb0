// Which reads an event makes stale. An action is `owner.resource_type.verb`; keys are those of api/queries.ts.
import type { AuditRecord } from '../api/types';

type Key = readonly unknown[];

export function stale(action: string, record: Partial<AuditRecord>): Key[] {
  const [owner, type] = action.split('.');
  const of = record.resource ? [['lineage', record.resource] as Key] : [];
  if (owner === 'gpuaas' && type === 'instance')
    return [['instances'], ['shapes'], ['costs'], ['audit'], ...(record.resource ? [['instance', record.resource]] : [['instance']]), ...of];
  if (owner === 'billing') return [['costs'], ['balance'], ['charges'], ['transfers'], ['audit'], ['lineage']];
  if (owner === 'iam') return [['scopes'], ['bindings'], ['may'], ['audit'], ...(type === 'binding' ? [['me'] as Key] : [])];
  return [['audit'], ...of];
}
