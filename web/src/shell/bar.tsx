// The bar: palette, live or not, what runs, what it burns, what credit is left, who I am.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { balance, costs } from '../api/queries';
import { rateAmount, roundAmount } from '../format/decimal';
import { clockShort, utc } from '../format/time';
import { useLive } from '../live/live';
import { Mark, Status } from '../parts/basic';
import { usePlace } from './current';
import { MeMenu, ThemeButton } from './me';
import { Palette } from './palette';

export function Bar() {
  const { top, organization } = usePlace();
  return (
    <header className="bar">
      <Link className="brand" to="/instances" aria-label="GPUaaS: to the instances">
        <Mark name="i-logo" />
        <span className="wm">GPUaaS</span>
      </Link>
      <Palette />
      <div className="now">
        {top && (
          <span className="opt">
            <LiveMark />
          </span>
        )}
        {top && <Running scope={top} />}
        {organization && <CreditLeft organization={organization.id} name={organization.name} />}
        <span>
          <MeMenu />
        </span>
        <span>
          <ThemeButton />
        </span>
      </div>
    </header>
  );
}

export function LiveMark() {
  const { state, since } = useLive();
  const at = new Date(since);
  if (state === 'live')
    return (
      <span title={`Changes arrive by themselves, since ${utc(at)}`}>
        <Status tone="ok" shape="s-run">live</Status>
      </span>
    );
  if (state === 'connecting') return <Status tone="off" shape="s-start">connecting</Status>;
  const why = state === 'refused' ? 'Needs log.event.follow here: pages are read again when you come back to them' : 'The event stream is cut; trying again by itself';
  return (
    <span title={`${why}, since ${utc(at)}`} role="status">
      <Status tone="wait" shape="s-wait">not live since {clockShort(at)}</Status>
    </span>
  );
}

function Running({ scope }: { scope: { id: string; kind: 'organization' | 'department' | 'project' | 'platform'; path: string } }) {
  const { data } = useQuery({ ...costs(scope), retry: false });
  if (!data) return null;
  const params = { scopeId: scope.id } as never;
  return (
    <>
      <Link className="opt" to={'/s/$scopeId/instances' as never} params={params}>
        <span>
          <b>{data.running}</b> running
        </span>
      </Link>
      <Link to={'/s/$scopeId/cost' as never} params={params} title={`burn rate at ${scope.path}`}>
        <span>
          <b>{rateAmount(data.burn)}</b> {data.burn.currency}/hour
        </span>
      </Link>
    </>
  );
}

function CreditLeft({ organization, name }: { organization: string; name: string }) {
  const { data } = useQuery({ ...balance(organization), retry: false });
  if (!data) return null;
  return (
    <Link className="opt" to={'/s/$scopeId/cost' as never} params={{ scopeId: organization } as never} title={`prepaid credit left at ${name}`}>
      <span>
        <b>{roundAmount(data.prepaid)}</b> {data.prepaid.currency} left
      </span>
    </Link>
  );
}

