// Which scope the page is about: the one in its path, else the one of the instance in its path.
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { instance, me } from '../api/queries';
import type { Scope } from '../api/types';
import { lastScope } from './last-scope';
import { useScopes, type Tree } from './scopes';

export function useCurrentScope(): Scope | undefined {
  const { scopeId, instanceId } = useParams({ strict: false }) as { scopeId?: string; instanceId?: string };
  const tree = useScopes();
  const { data } = useQuery({ ...instance(instanceId ?? ''), enabled: instanceId !== undefined });
  return scopeOf(tree, scopeId, data?.project ?? lastScope());
}

/** A scope that the path names is that one or none: never another under its address. */
export function scopeOf(tree: Tree, named: string | undefined, likely: string | undefined): Scope | undefined {
  if (named !== undefined) return tree.byId.get(named);
  return tree.byId.get(likely ?? '') ?? tree.tops[0];
}

/**
 * The highest scope on the way down at which a role of mine begins to hold: what is read for a whole tree (burn rate, events)
 * is read there, and not at a scope that is only seen because it lies above.
 */
export function reachOf(chain: Scope[], held: string[]): Scope | undefined {
  return chain.find((it) => held.includes(it.id)) ?? chain.at(-1);
}

export function usePlace() {
  const { data: who } = useQuery(me());
  const scope = useCurrentScope();
  const tree = useScopes();
  const chain = scope ? tree.chain(scope.id) : [];
  return { scope, chain, top: reachOf(chain, who?.roles.map((held) => held.scope) ?? []), organization: chain.find((it) => it.kind === 'organization') };
}
