// What all tabs of an instance share: its name and state, the tabs, stop and delete.
import { Menu } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, useParams, useRouterState } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { ApiError } from '../../api/problem';
import { instance } from '../../api/queries';
import type { Instance } from '../../api/types';
import { rateAmount } from '../../format/decimal';
import { billing, onItsWay, over, upMs } from '../../format/instance';
import { duration } from '../../format/time';
import { shapeText } from '../../format/units';
import { Icon, Sim, State, useNow } from '../../parts/basic';
import { Read } from '../../parts/faces';
import { Id } from '../../parts/id';
import { Crumbs, Head, useTitle } from '../../shell/head';
import { instancePages } from '../../shell/page-names';
import { DeletePanel, StopPanel } from './actions';

export function useInstanceId(): string {
  return (useParams({ strict: false }) as { instanceId: string }).instanceId;
}

/** The instance of the page; a tab is only shown once it is there. */
export function useInstance(): Instance {
  return useQuery(instance(useInstanceId())).data!;
}

const Deleted = lazy(() => import('./deleted').then((it) => ({ default: it.Deleted })));

const ON_THE_WAY = 1000; // beside the events: a state that is about to change is asked for too

export function InstanceFrame() {
  const id = useInstanceId();
  const query = useQuery({
    ...instance(id),
    refetchInterval: ({ state }) => (state.data && (onItsWay(state.data) || state.data.state === 'stopping') ? ON_THE_WAY : false),
  });
  const gone = !query.data && query.error instanceof ApiError && query.error.status === 404;
  return (
    <>
      {!query.data && <Crumbs trail={[{ name: 'Instances' }]} />}
      {gone ? (
        <Suspense>
          <Deleted id={id} />
        </Suspense>
      ) : (
        <Read query={query} what="The instance" doing="see this instance">
          {(it) => <Frame it={it} />}
        </Read>
      )}
    </>
  );
}

function useTab() {
  const path = useRouterState({ select: (state) => state.location.pathname });
  return instancePages.find((line) => path.endsWith(`/${line.path}`));
}

function Frame({ it }: { it: Instance }) {
  const tab = useTab();
  const [panel, setPanel] = useState<'stop' | 'delete'>();
  useTitle(tab?.title, it.name);
  const close = () => setPanel(undefined);
  return (
    <>
      <Crumbs trail={[{ name: 'Instances', to: `/s/${it.project}/instances` }, { name: it.name, to: `/instances/${it.id}/lineage` }, ...(tab ? [{ name: tab.title }] : [])]} />
      <Head
        title={
          <>
            {it.name} <State state={it.state} /> {it.simulated && <Sim />}
          </>
        }
        sub={<Facts it={it} />}
        actions={<Actions it={it} panel={panel} setPanel={setPanel} />}
      />
      {panel === 'stop' && <StopPanel it={it} close={close} />}
      {panel === 'delete' && <DeletePanel it={it} close={close} />}
      <nav className="tabs" aria-label={it.name}>
        {instancePages.map((line) => (
          <Link key={line.path} to={`/instances/$instanceId/${line.path}` as never} params={{ instanceId: it.id } as never} aria-current={line === tab ? 'page' : undefined} activeProps={{}} id={`tab-${line.path}`}>
            {line.title}
          </Link>
        ))}
      </nav>
      <Outlet />
    </>
  );
}

function Facts({ it }: { it: Instance }) {
  const now = useNow(1000, billing(it));
  const up = upMs(it, now);
  const known = it.gpus > 0 || it.cpu_millicores > 0;
  return (
    <>
      <Id id={it.id} whole /> · {it.shape}
      {known && <>, {shapeText(it)}</>}
      {it.node_name && <> · node {it.node_name}</>}
      {up !== undefined && <> · {over(it) ? 'was up' : 'up'} {duration(Math.floor(up / 1000) * 1000).replace('.00', '')}</>} {it.price && <> · <b className="strong">{rateAmount(it.price)} {it.price.currency}/hour</b></>}
    </>
  );
}

type ActionsProps = { it: Instance; panel?: 'stop' | 'delete'; setPanel: (panel: 'stop' | 'delete' | undefined) => void };
function Actions({ it, panel, setPanel }: ActionsProps) {
  const flip = (name: 'stop' | 'delete') => setPanel(panel === name ? undefined : name);
  const stoppable = billing(it) || onItsWay(it);
  return (
    <>
      <TerminalLink it={it} />
      {stoppable && (
        <button className="btn" type="button" aria-expanded={panel === 'stop'} disabled={it.state === 'stopping'} onClick={() => flip('stop')}>
          <Icon name="stop" />
          Stop
          <Icon name="chev" />
        </button>
      )}
      {over(it) && (
        <button className="btn" type="button" aria-expanded={panel === 'delete'} onClick={() => flip('delete')}>
          <Icon name="trash" />
          Delete
          <Icon name="chev" />
        </button>
      )}
      <MoreMenu it={it} />
    </>
  );
}

function TerminalLink({ it }: { it: Instance }) {
  const tab = useTab();
  if (over(it) || tab?.path === 'terminal') return null;
  return (
    <Link className="btn" to={'/instances/$instanceId/terminal' as never} params={{ instanceId: it.id } as never}>
      <Icon name="cmd" />
      Terminal
    </Link>
  );
}

function MoreMenu({ it }: { it: Instance }) {
  return (
    <Menu position="bottom-end" shadow="none" transitionProps={{ duration: 0 }}>
      <Menu.Target>
        <button className="iconbtn tall" type="button" aria-label="More actions">
          <Icon name="more" />
        </button>
      </Menu.Target>
      <Menu.Dropdown className="floats">
        <Menu.Item onClick={() => void navigator.clipboard?.writeText(it.id)}>Copy the id</Menu.Item>
        <Menu.Item component="a" href={`/v1/instances/${it.id}`} target="_blank" rel="noreferrer">
          Open as JSON
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
