// The pages of routes.tsx as a route tree: sign-in by itself, all others inside the shell, each behind /v1/me.
import type { QueryClient } from '@tanstack/react-query';
import { createRootRouteWithContext, createRoute, createRouter, Navigate, Outlet, redirect } from '@tanstack/react-router';
import { Suspense, type ComponentType } from 'react';
import { me } from './api/queries';
import { ApiError } from './api/problem';
import { SignInPage } from './pages/sign-in';
import { Failed, Skeleton } from './parts/faces';
import { InstanceFrame } from './pages/instance/frame';
import { instanceComponents, scopeComponents } from './routes';
import { lastScope } from './shell/last-scope';
import { instancePages, scopePages } from './shell/page-names';
import { ScopeFrame } from './shell/not-here';
import { useScopes } from './shell/scopes';
import { Shell } from './shell/shell';

const root = createRootRouteWithContext<{ queries: QueryClient }>()({ component: Outlet, notFoundComponent: NotThere });

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  component: SignInPage,
  validateSearch: (search: Record<string, unknown>): { to?: string } => (typeof search.to === 'string' ? { to: search.to } : {}),
});

const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  component: Shell,
  errorComponent: ({ error, reset }) => <Failed error={error} what="The console's first answer" retry={reset} />,
  beforeLoad: async ({ context, location }) => {
    try {
      await context.queries.ensureQueryData(me());
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) throw redirect({ to: '/sign-in', search: location.href === '/' ? {} : { to: location.href } });
      throw error;
    }
  },
});

/** An address that is only the way to its first page. */
const goesTo =
  (address: (params: Record<string, string>) => string) =>
  ({ params }: { params: unknown }) => {
    throw redirect({ to: address(params as Record<string, string>) as never, replace: true });
  };

const page = (title: string, Page: ComponentType) => () => (
  <Suspense fallback={<section className="card"><Skeleton what={title} /></section>}>
    <Page />
  </Suspense>
);

const home = createRoute({ getParentRoute: () => shell, path: '/', component: ToInstances });
const instances = createRoute({ getParentRoute: () => shell, path: '/instances', component: ToInstances });

const scope = createRoute({ getParentRoute: () => shell, path: '/s/$scopeId', component: ScopeFrame });
const scopeHome = createRoute({
  getParentRoute: () => scope,
  path: '/',
  beforeLoad: goesTo(({ scopeId }) => `/s/${scopeId}/instances`),
});
const scopeRoutes = scopePages.map(({ path, title }) => createRoute({ getParentRoute: () => scope, path, component: page(title, scopeComponents[path]) }));

const instance = createRoute({ getParentRoute: () => shell, path: '/instances/$instanceId', component: InstanceFrame });
const instanceHome = createRoute({
  getParentRoute: () => instance,
  path: '/',
  beforeLoad: goesTo(({ instanceId }) => `/instances/${instanceId}/lineage`),
});
const instanceRoutes = instancePages.map(({ path, title }) => createRoute({ getParentRoute: () => instance, path, component: page(title, instanceComponents[path]) }));

function ToInstances() {
  const tree = useScopes();
  const last = lastScope();
  const to = (last && tree.byId.get(last)) || tree.tops[0];
  return to ? <Navigate to={`/s/${to.id}/instances` as never} replace /> : <NoScopes />;
}

function NoScopes() {
  const tree = useScopes();
  return tree.all.length ? null : <section className="card"><Skeleton what="your scopes" /></section>;
}

function NotThere() {
  return (
    <main className="main" id="main">
      <section className="card wrap">
        <div className="blank">
          <h1>There is no such page</h1>
          <a className="btn" href="/instances">
            To the instances
          </a>
        </div>
      </section>
    </main>
  );
}

export function makeRouter(queries: QueryClient) {
  return createRouter({
    routeTree: root.addChildren([
      signIn,
      shell.addChildren([home, instances, scope.addChildren([scopeHome, ...scopeRoutes]), instance.addChildren([instanceHome, ...instanceRoutes])]),
    ]),
    context: { queries },
    defaultPreload: 'intent',
    scrollRestoration: false, // it works by an inline script
  });
}
