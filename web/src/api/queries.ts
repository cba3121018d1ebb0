// What the pages read, by name. Keys begin with the kind of thing, so that an event can say what is stale (live/stale.ts);
// `needs` is the permission to name when the read is refused.
import { queryOptions } from '@tanstack/react-query';
import { api, ask, atScope, setCsrf, type ScopeRef } from './client';
import type { Page } from './types';

const PAGE = 200;
const MOST = 1000;

export type Rows<T> = { rows: T[]; more: boolean };

/** Reads a list page by page, up to MOST rows; `more` says that the list goes on. */
async function rows<T>(page: (after: string | undefined) => Promise<Page<T>>, most = MOST): Promise<Rows<T>> {
  const all: T[] = [];
  let after: string | undefined;
  do {
    const answer = await page(after);
    all.push(...answer.items);
    after = answer.next ?? undefined;
  } while (after && all.length < most);
  return { rows: all, more: after !== undefined };
}

export const me = () =>
  queryOptions({
    queryKey: ['me'],
    staleTime: Infinity,
    queryFn: async ({ signal }) => {
      const who = await ask(api.GET('/v1/me', { signal }));
      if (who.csrf) setCsrf(who.csrf);
      return who;
    },
  });

export const scopes = () =>
  queryOptions({
    queryKey: ['scopes'],
    staleTime: 60_000,
    meta: { needs: 'iam.scope.list' },
    queryFn: ({ signal }) => rows((after) => ask(api.GET('/v1/scopes', { signal, params: { query: { after, limit: PAGE } } })), 5000),
  });

export const roles = () =>
  queryOptions({
    queryKey: ['roles'],
    staleTime: 300_000,
    queryFn: ({ signal }) => rows((after) => ask(api.GET('/v1/roles', { signal, params: { query: { after, limit: PAGE } } }))),
  });

export const bindings = (scope: ScopeRef) =>
  queryOptions({
    queryKey: ['bindings', scope.id],
    meta: { needs: 'iam.binding.list' },
    queryFn: ({ signal }) =>
      rows((after) => ask(api.GET(atScope(scope, '/v1/projects/{project}/bindings'), { signal, params: { path: { project: scope.id }, query: { after, limit: PAGE } } }))),
  });

/** Whether `principal` may do something at a scope or to a resource, and by which binding. */
export const mayI = (principal: string, permission: string, target: string) =>
  queryOptions({
    queryKey: ['may', principal, permission, target],
    staleTime: 30_000,
    queryFn: ({ signal }) => ask(api.POST('/v1/access-check', { signal, body: { principal, permission, target } })),
  });

export const shapes = () =>
  queryOptions({
    queryKey: ['shapes'],
    staleTime: 10_000,
    meta: { needs: 'gpuaas.shape.list' },
    queryFn: ({ signal }) => rows((after) => ask(api.GET('/v1/shapes', { signal, params: { query: { after, limit: PAGE } } }))),
  });

export const instances = (scope: ScopeRef) =>
  queryOptions({
    queryKey: ['instances', scope.id],
    meta: { needs: 'gpuaas.instance.list' },
    queryFn: ({ signal }) =>
      rows((after) => ask(api.GET(atScope(scope, '/v1/projects/{project}/instances'), { signal, params: { path: { project: scope.id }, query: { after, limit: PAGE } } }))),
  });

export const instance = (id: string) =>
  queryOptions({
    queryKey: ['instance', id],
    meta: { needs: 'gpuaas.instance.read' },
    queryFn: ({ signal }) => ask(api.GET('/v1/instances/{instance}', { signal, params: { path: { instance: id } } })),
  });

export const lineage = (id: string) =>
  queryOptions({
    queryKey: ['lineage', id],
    meta: { needs: 'lineage.resource.read' },
    queryFn: ({ signal }) => ask(api.GET('/v1/resources/{resource}/lineage', { signal, params: { path: { resource: id } } })),
  });

export const costs = (scope: ScopeRef) =>
  queryOptions({
    queryKey: ['costs', scope.id],
    meta: { needs: 'billing.cost.read' },
    queryFn: ({ signal }) => ask(api.GET(atScope(scope, '/v1/projects/{project}/costs'), { signal, params: { path: { project: scope.id } } })),
  });

export const balance = (organization: string) =>
  queryOptions({
    queryKey: ['balance', organization],
    meta: { needs: 'billing.balance.read' },
    queryFn: ({ signal }) => ask(api.GET('/v1/organizations/{organization}/balance', { signal, params: { path: { organization } } })),
  });

export const charges = (scope: ScopeRef, resource?: string) =>
  queryOptions({
    queryKey: ['charges', scope.id, resource ?? ''],
    meta: { needs: 'billing.charge.list' },
    queryFn: ({ signal }) =>
      rows((after) => ask(api.GET(atScope(scope, '/v1/projects/{project}/charges'), { signal, params: { path: { project: scope.id }, query: { after, limit: PAGE, resource } } }))),
  });

export const transfers = (organization: string, resource?: string) =>
  queryOptions({
    queryKey: ['transfers', organization, resource ?? ''],
    meta: { needs: 'billing.transfer.list' },
    queryFn: ({ signal }) =>
      rows((after) => ask(api.GET('/v1/organizations/{organization}/transfers', { signal, params: { path: { organization }, query: { after, limit: PAGE, resource } } }))),
  });

export const auditRecords = (scope: ScopeRef, resource?: string) =>
  queryOptions({
    queryKey: ['audit', scope.id, resource ?? ''],
    meta: { needs: 'log.record.list' },
    queryFn: ({ signal }) =>
      rows((after) => ask(api.GET(atScope(scope, '/v1/projects/{project}/audit-records'), { signal, params: { path: { project: scope.id }, query: { after, limit: PAGE, resource } } }))),
  });
