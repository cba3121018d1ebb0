// Everything launched at a scope and below it.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo, type ReactNode } from 'react';
import { costs, instances } from '../api/queries';
import type { Instance } from '../api/types';
import { curl } from '../format/command';
import { forSeconds, fixed, rateAmount, sum, toBig } from '../format/decimal';
import { billing, exitText, onItsWay, upMs } from '../format/instance';
import { duration, monthName, since } from '../format/time';
import { count, gpus } from '../format/units';
import { Icon, None, Sim, State, Time, Unit, useNow } from '../parts/basic';
import { AsCommand, Cmd } from '../parts/cmd';
import { DataTable, type Column } from '../parts/data-table';
import { Read } from '../parts/faces';
import { Id } from '../parts/id';
import { usePlace } from '../shell/current';
import { Crumbs, Head, useTitle } from '../shell/head';
import { useScopes, within } from '../shell/scopes';

export function InstancesPage() {
  const { scope } = usePlace();
  const tree = useScopes();
  const query = useQuery({ ...instances(scope ?? { id: '', kind: 'project' }), enabled: scope !== undefined });
  useTitle('Instances', scope?.path);
  if (!scope) return null;
  const projects = tree.all.filter((it) => it.kind === 'project' && it.path.startsWith(`${scope.path}/`)).length;
  const plural = { organization: 'organizations', department: 'departments', project: 'projects', platform: 'platform' }[scope.kind];
  const command = { cli: `gpuaas instance list --at ${scope.path}`, curl: curl(location.origin, 'GET', `/v1/${plural}/${scope.id}/instances`) };
  return (
    <>
      <Crumbs trail={[{ name: 'Instances' }]} />
      <Head
        title="Instances"
        sub={
          <>
            Everything launched in <span className="path">{scope.path}</span>
            {scope.kind !== 'project' && ` and its ${count(projects, 'project')}`}
          </>
        }
        actions={
          <>
            <AsCommand command={command} />
            <LaunchLink scopeId={scope.id} />
          </>
        }
      />
      <Read query={query} what="The list" doing={`list the instances of ${scope.path}`} scope={scope.id}>
        {(data) => (
          <>
            {data.rows.length > 0 && <Stats rows={data.rows} scope={scope} />}
            <List rows={data.rows} more={data.more} scopeId={scope.id} path={scope.path} />
          </>
        )}
      </Read>
    </>
  );
}

const LaunchLink = ({ scopeId }: { scopeId: string }) => (
  <Link className="btn primary" to={'/s/$scopeId/launch' as never} params={{ scopeId } as never}>
    <Icon name="plus" />
    Launch instance
  </Link>
);

function Stats({ rows, scope }: { rows: Instance[]; scope: { id: string; kind: 'organization' | 'department' | 'project' | 'platform' } }) {
  const { data } = useQuery({ ...costs(scope), retry: false });
  const running = rows.filter((it) => it.state === 'running');
  const coming = rows.filter(onItsWay);
  const burn = data ? toBig(data.burn) : sum(rows.filter(billing).map((it) => it.price));
  const currency = data?.burn.currency ?? rows[0]?.price?.currency ?? 'EUR';
  const states = (['starting', 'placed', 'requested', 'stopping', 'failed'] as const)
    .map((state) => ({ state, n: rows.filter((it) => it.state === state).length }))
    .filter(({ n }) => n > 0);
  const inUse = running.reduce((n, it) => n + it.gpus, 0);
  return (
    <dl className="card stats">
      <div>
        <dt>Running now</dt>
        <dd className="fig">
          {running.length} <small>of {count(rows.length, 'instance')}</small>
        </dd>
        <dd className="note">{states.map(({ state, n }) => `${n} ${state}`).join(', ') || 'none on its way'}</dd>
      </div>
      <div>
        <dt>Burn rate</dt>
        <dd className="fig">
          {rateAmount(burn)}
          <Unit>{currency}/hour</Unit>
        </dd>
        <dd className="note">{coming.length ? `${rateAmount(burn + sum(coming.map((it) => it.price)))} with ${coming.length} on the way` : 'by the second, while it runs'}</dd>
      </div>
      <div>
        <dt>GPUs in use</dt>
        <dd className="fig">
          {inUse} <small>in {count(running.length, 'instance')}</small>
        </dd>
        <dd className="note">{running.some((it) => it.simulated) ? <>{running.every((it) => it.simulated) ? 'all' : 'some'} <Sim /></> : 'no quota is enforced yet'}</dd>
      </div>
      <div>
        <dt>Charged in {monthName(new Date())}</dt>
        <dd className="fig">{data ? <>{fixed(toBig(data.charged), 6)}<Unit>{data.charged.currency}</Unit></> : <None />}</dd>
        <dd className="note">
          <Link className="u" to={'/s/$scopeId/cost' as never} params={{ scopeId: scope.id } as never}>
            where it went
          </Link>
        </dd>
      </div>
    </dl>
  );
}

function List({ rows, more, scopeId, path }: { rows: Instance[]; more: boolean; scopeId: string; path: string }) {
  const columns = useColumns(rows, path);
  return (
    <DataTable
      label="instances"
      one="instance"
      columns={columns}
      rows={rows}
      more={more}
      rowKey={(it) => it.id}
      sort={{ id: 'requested', desc: true }}
      placeholder="Filter: state:running project:vision"
      urlKey="q"
      empty={<Empty scopeId={scopeId} path={path} />}
    />
  );
}

function useColumns(rows: Instance[], path: string): Column<Instance>[] {
  return useMemo(() => {
    const currency = rows[0]?.price?.currency ?? 'EUR';
    const place = (it: Instance) => (it.path === path ? it.path.split('/').at(-1)! : it.path.slice(path.length + 1));
    return [
      {
        id: 'name', title: 'Name', first: true, text: (it) => it.name,
        cell: (it) => (
          <>
            <Link className="name" to={'/instances/$instanceId/lineage' as never} params={{ instanceId: it.id } as never}>
              {it.name}
            </Link>
            <span className="two">
              {place(it)} · <Id id={it.id} />
            </span>
          </>
        ),
      },
      {
        id: 'state', title: 'State', choices: true, text: (it) => it.state,
        cell: (it) => (
          <>
            <State state={it.state} />
            <span className="two">{reason(it)}</span>
          </>
        ),
      },
      {
        id: 'shape', title: 'Shape', text: (it) => it.shape,
        cell: (it) => (
          <>
            <span className="nowrap">
              {it.shape} {it.simulated && <Sim />}
            </span>
            <span className="two">{gpus(it)}</span>
          </>
        ),
      },
      { id: 'project', title: 'Project', choices: true, optional: true, text: (it) => it.path, cell: (it) => <span className="path">{it.path}</span> },
      { id: 'node', title: 'Node', narrow: true, text: (it) => it.node_name, cell: (it) => (it.node_name ? <span className="nowrap">{it.node_name}</span> : <span className="mut nowrap">not placed</span>) },
      { id: 'by', title: 'By', narrow: true, optional: true, text: (it) => it.created_by_name ?? it.created_by, cell: (it) => it.created_by_name ?? <Id id={it.created_by} /> },
      { id: 'requested', title: 'Requested', narrow: true, text: (it) => it.requested_at, cell: (it) => <Time at={it.requested_at} /> },
      {
        id: 'start', title: 'To running', num: true, optional: true, text: (it) => since(it.requested_at, it.running_at ?? undefined, new Date()) ?? '',
        cell: (it) => (it.running_at ? duration(since(it.requested_at, it.running_at, new Date())!) : <None />),
      },
      {
        id: 'up', title: 'Up', num: true, text: (it) => (it.running_at ? Math.round((upMs(it, new Date()) ?? 0) / 1000) : ''), order: (it) => upMs(it, new Date()) ?? -1,
        cell: (it) => <Up it={it} />,
      },
      {
        id: 'price', title: `${currency}/hour`, num: true, text: (it) => it.price?.amount ?? '', order: (it) => Number(it.price?.amount ?? 0),
        cell: (it) => <Price it={it} />,
        total: rateAmount(sum(rows.filter(billing).map((it) => it.price))),
      },
      {
        id: 'metered', title: `Metered, ${currency}`, num: true, text: (it) => fixed(metered(it, new Date()), 6), order: (it) => Number(metered(it, new Date())),
        cell: (it) => <Metered it={it} />,
      },
    ];
  }, [rows, path]);
}

/** The second line under a state: since when, or why. */
function reason(it: Instance): ReactNode {
  if (it.state === 'running') return <>since <Time at={it.running_at} /></>;
  if (it.state === 'failed') return <>{exitText(it) ?? it.state_reason ?? 'failed'}{it.ended_at && <>, <Time at={it.ended_at} /></>}</>;
  if (it.state === 'exited') return <>{exitText(it) ?? 'by itself'}, <Time at={it.ended_at} /></>;
  if (it.state === 'stopped') return <Time at={it.ended_at} />;
  return it.state_reason ?? (it.state === 'requested' ? 'waits for a node' : it.state === 'starting' ? 'its sandbox is made' : <Time at={it.requested_at} />);
}

const metered = (it: Instance, now: Date) => forSeconds(toBig(it.price), (upMs(it, now) ?? 0) / 1000);

function Up({ it }: { it: Instance }) {
  const now = useNow(1000, billing(it));
  const up = upMs(it, now);
  return up === undefined ? <None /> : <>{duration(Math.floor(up / 1000) * 1000).replace('.00', '')}</>;
}

function Metered({ it }: { it: Instance }) {
  const now = useNow(1000, billing(it));
  if (!it.running_at) return <span className="mut">0.000000</span>;
  return <span title="time running × price; what is charged stands under Cost and in the lineage">{fixed(metered(it, now), 6)}</span>;
}

function Price({ it }: { it: Instance }) {
  if (!it.price) return <None />;
  if (billing(it)) return <b className="strong">{rateAmount(it.price)}</b>;
  if (!onItsWay(it)) return <None />;
  return (
    <>
      <span className="mut">{rateAmount(it.price)}</span>
      <span className="two">once running</span>
    </>
  );
}

function Empty({ scopeId, path }: { scopeId: string; path: string }) {
  const tree = useScopes();
  if (!tree.all.some((it) => it.kind === 'project' && within(it.path, path))) return <NoProject scopeId={scopeId} path={path} />;
  const command = `gpuaas instance create hello \\\n    --project ${path} \\\n    --shape sim-h100-1 --wait -- nvidia-smi`;
  return (
    <div className="blank">
      <div>
        <h3>No instances in {path}</h3>
        <p className="sec">
          An instance is a workload with GPUs of its own. It is metered by the second from the moment it runs, and its lineage tells who allowed it and where the money went.
        </p>
      </div>
      <div className="row">
        <LaunchLink scopeId={scopeId} />
      </div>
      <Cmd title="Or from a shell" command={{ cli: command, curl: curl(location.origin, 'GET', '/v1/shapes') }} />
    </div>
  );
}

/** Before the first instance there must be a project to own it. */
function NoProject({ scopeId, path }: { scopeId: string; path: string }) {
  const body = { name: 'vision' };
  const kind = useScopes().byId.get(scopeId)?.kind ?? 'department';
  return (
    <div className="blank">
      <div>
        <h3>No project in {path} yet</h3>
        <p className="sec">A project owns instances: who may launch them, and who pays, follows from where it lies in the tree.</p>
      </div>
      <Link className="btn primary" to={'/s/$scopeId/new' as never} params={{ scopeId } as never}>
        <Icon name="plus" />
        New project
      </Link>
      <Cmd title="Or from a shell" command={{ cli: `gpuaas project create vision --in ${path}`, curl: curl(location.origin, 'POST', `/v1/${kind}s/${scopeId}/projects`, body) }} />
    </div>
  );
}
