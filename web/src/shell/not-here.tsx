// A page of a scope is only shown where that scope is seen. Otherwise its address stays, and what may be done is said: whether
// the scope is not there or not for this person is not told apart, by the API neither.
import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, useParams, useRouterState } from '@tanstack/react-router';
import { me, scopes } from '../api/queries';
import { Icon } from '../parts/basic';
import { Read } from '../parts/faces';
import { Head, useTitle } from './head';
import { useSignOut } from './me';
import { useScopes } from './scopes';
import { scopeIcon } from './side';

const LISTED = 12;

export function ScopeFrame() {
  const { scopeId } = useParams({ strict: false }) as { scopeId: string };
  const tree = useScopes();
  const query = useQuery(scopes());
  return (
    <Read query={query} what="The scopes" doing="see scopes">
      {() => (tree.byId.has(scopeId) ? <Outlet /> : <NotHere />)}
    </Read>
  );
}

function NotHere() {
  useTitle('Not here');
  const who = useQuery(me()).data;
  const tree = useScopes();
  const here = useRouterState({ select: (state) => state.location.href });
  const signOut = useSignOut();
  const more = tree.all.length - LISTED;
  return (
    <div className="refused nothere">
      <Head
        title="Not here, or not for you"
        sub={
          <>
            At <code className="wrapany">{here}</code> there is no scope that {who?.name} sees: it may be gone, written wrongly, or somebody else's.
          </>
        }
      />
      <section className="card">
        <header>
          <h2 className="grow">{tree.all.length ? 'Scopes that you see' : 'You see no scope yet'}</h2>
        </header>
        <div className="pad stack close">
          {tree.all.slice(0, LISTED).map((scope) => (
            <Link className="row" key={scope.id} to={'/s/$scopeId/instances' as never} params={{ scopeId: scope.id } as never}>
              <Icon name={scopeIcon(scope)} />
              <span className="wrapany">{scope.path}</span>
            </Link>
          ))}
          {more > 0 && <p className="mut sm">and {more} more in the tree</p>}
          {tree.all.length === 0 && <p className="sec">Ask an owner of the scope for a role.</p>}
        </div>
      </section>
      <div className="row gapped">
        <button className="btn" type="button" onClick={() => void signOut(here)}>
          Sign in as somebody else
        </button>
      </div>
    </div>
  );
}
