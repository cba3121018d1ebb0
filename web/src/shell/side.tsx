// Left, the tree of scopes with what each burns, and the sections of the chosen one. On a phone both fold into one line.
import { useQuery } from '@tanstack/react-query';
import { Link, useRouterState } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { costs, instances, shapes } from '../api/queries';
import type { Scope } from '../api/types';
import { rateAmount, sum } from '../format/decimal';
import { Icon, Sim } from '../parts/basic';
import { usePlace } from './current';
import { scopePages } from './page-names';
import { useScopes, within, type Tree } from './scopes';

const ICONS = { organization: 'org', department: 'dep', project: 'prj', platform: 'app' } as const;
export const scopeIcon = (scope: Scope) => ICONS[scope.kind];

/** The section that the page is in, so that choosing another scope stays in it. */
function useSection(): string {
  const path = useRouterState({ select: (state) => state.location.pathname });
  const named = /^\/s\/[^/]+\/([^/]+)/.exec(path)?.[1];
  return scopePages.some((line) => line.path === named && line.section) ? named! : 'instances';
}

export function Side() {
  return (
    <aside className="side" aria-label="Scopes and sections">
      <nav aria-label="Scopes">
        <ScopeTree />
      </nav>
      <Sections />
      <Foot />
    </aside>
  );
}

export function Where() {
  const { scope, chain } = usePlace();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const fold = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    if (fold.current) fold.current.open = false;
  }, [path]);
  if (!scope) return null;
  return (
    <details className="where" ref={fold}>
      <summary>
        <Icon name={scopeIcon(scope)} />
        <span>
          {chain.map((it, i) => (
            <span key={it.id}>
              {i > 0 && <span className="mut"> / </span>}
              {it.name}
            </span>
          ))}
        </span>
        <Icon name="chev" />
      </summary>
      <div className="in_">
        <ScopeTree />
        <Sections />
      </div>
    </details>
  );
}

function ScopeTree() {
  const tree = useScopes();
  const { scope, top } = usePlace();
  const { data } = useQuery({ ...costs(top ?? { id: '', kind: 'project' }), enabled: top !== undefined, retry: false });
  const currency = data?.burn.currency ?? 'EUR';
  const burn = (it: Scope) => (data ? sum(data.by_project.filter((row) => within(row.path, it.path)).map((row) => row.burn)) : undefined);
  return (
    <>
      <div className="cap">
        <span>Scopes</span>
        <span title={`burn rate, ${currency} per hour, with everything below`}>{currency}/hour</span>
      </div>
      <div className="tree">
        <ul>
          {tree.tops.map((it) => (
            <Branch key={it.id} scope={it} tree={tree} current={scope} burn={burn} currency={currency} />
          ))}
        </ul>
        {scope && (
          <Link className="newscope" to={'/s/$scopeId/new' as never} params={{ scopeId: scope.id } as never}>
            <Icon name="plus" />
            <span>New project</span>
          </Link>
        )}
      </div>
    </>
  );
}

type BranchProps = { scope: Scope; tree: Tree; current?: Scope; burn: (scope: Scope) => bigint | undefined; currency: string };
function Branch({ scope, tree, current, burn, currency }: BranchProps) {
  const section = useSection();
  const rate = burn(scope);
  const below = tree.below(scope.id);
  const here = current?.id === scope.id;
  const over = !here && current !== undefined && within(current.path, scope.path);
  return (
    <li className={over ? 'over' : undefined}>
      <Link to={`/s/$scopeId/${section}` as never} params={{ scopeId: scope.id } as never} title={`${scope.kind} ${scope.path}`} aria-current={here ? 'true' : undefined} activeProps={{}}>
        <Icon name={scopeIcon(scope)} />
        <span>{scope.name}</span>
        {rate !== undefined && <data value={rateAmount(rate)} title={`${rateAmount(rate)} ${currency}/hour`}>{rate ? rateAmount(rate) : '–'}</data>}
      </Link>
      {below.length > 0 && (
        <ul>
          {below.map((it) => (
            <Branch key={it.id} scope={it} tree={tree} current={current} burn={burn} currency={currency} />
          ))}
        </ul>
      )}
    </li>
  );
}

function Sections() {
  const { scope } = usePlace();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const { data } = useQuery({ ...instances(scope ?? { id: '', kind: 'project' }), enabled: scope !== undefined, retry: false });
  if (!scope) return null;
  const inInstances = path.startsWith('/instances/');
  return (
    <nav className="nav" aria-label={`Sections of ${scope.path}`}>
      <div className="cap">
        <span>In {scope.name}</span>
      </div>
      {scopePages.map(({ path: name, section }) => {
        if (!section) return null;
        const here = path === `/s/${scope.id}/${name}` || (name === 'instances' && (inInstances || path.endsWith('/launch')));
        return (
          <Link key={name} to={`/s/$scopeId/${name}` as never} params={{ scopeId: scope.id } as never} aria-current={here ? 'page' : undefined} activeProps={{}}>
            <Icon name={section.icon} />
            <span>{section.name}</span>
            {name === 'instances' && data && <data value={data.rows.length}>{data.rows.length}</data>}
          </Link>
        );
      })}
    </nav>
  );
}

function Foot() {
  const { data } = useQuery({ ...shapes(), retry: false });
  if (!data?.rows.some((shape) => shape.simulated)) return null;
  return (
    <div className="foot">
      <span>
        GPUs of this platform <Sim />
      </span>
    </div>
  );
}
