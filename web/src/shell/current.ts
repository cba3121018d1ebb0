// Which scope the page is about: the one in its path, else the one of the instance in its path.
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { instance } from '../api/queries';
import type { Scope } from '../api/types';
import { lastScope } from './last-scope';
import { useScopes } from './scopes';

export function useCurrentScope(): Scope | undefined {
  const { scopeId, instanceId } = useParams({ strict: false }) as { scopeId?: string; instanceId?: string };
  const tree = useScopes();
  const { data } = useQuery({ ...instance(instanceId ?? ''), enabled: instanceId !== undefined });
  const id = scopeId ?? data?.project ?? lastScope();
  return (id ? tree.byId.get(id) : undefined) ?? tree.tops[0];
}

export function usePlace() {
  const scope = useCurrentScope();
  const tree = useScopes();
  const chain = scope ? tree.chain(scope.id) : [];
  return { scope, chain, top: chain[0], organization: chain.find((it) => it.kind === 'organization') };
}
