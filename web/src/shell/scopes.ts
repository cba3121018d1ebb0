// The tree of scopes as the pages use it.
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { scopes } from '../api/queries';
import type { Scope } from '../api/types';

export type Tree = {
  all: Scope[]; // parents first
  byId: Map<string, Scope>;
  byPath: Map<string, Scope>;
  tops: Scope[];
  below: (id: string) => Scope[];
  chain: (id: string) => Scope[]; // from the top, the scope itself last
};

export function treeOf(rows: Scope[]): Tree {
  const all = rows.filter((scope) => scope.kind !== 'platform');
  const byId = new Map(all.map((scope) => [scope.id, scope]));
  const children = new Map<string, Scope[]>();
  for (const scope of all) children.set(scope.parent ?? '', [...(children.get(scope.parent ?? '') ?? []), scope]);
  const chain = (id: string): Scope[] => {
    const out: Scope[] = [];
    for (let scope = byId.get(id); scope; scope = scope.parent ? byId.get(scope.parent) : undefined) out.unshift(scope);
    return out;
  };
  return {
    all,
    byId,
    byPath: new Map(all.map((scope) => [scope.path, scope])),
    tops: all.filter((scope) => !scope.parent || !byId.has(scope.parent)),
    below: (id) => children.get(id) ?? [],
    chain,
  };
}

/** A sentence with the ids of known scopes said as their paths. */
export const named = (text: string, tree: Tree) => text.replace(/\b(?:org|dep|prj)_[0-9a-z]+\b/g, (id) => tree.byId.get(id)?.path ?? id);

export const within = (path: string, scope: string) => path === scope || path.startsWith(`${scope}/`);

const NONE = treeOf([]);
export function useScopes(): Tree {
  const { data } = useQuery(scopes());
  return useMemo(() => (data ? treeOf(data.rows) : NONE), [data]);
}
