// What a scope costs: now, by day, by scope, charge by charge; at an organization also its credit and its transfers.
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { balance, charges, costs, transfers } from '../api/queries';
import type { Balance, Costs, Scope } from '../api/types';
import { curl } from '../format/command';
import { fixed, grouped, hoursLeft, rateAmount, roundAmount, toBig, toNumber } from '../format/decimal';
import { duration, local, monthName } from '../format/time';
import { daysOfMonth } from '../parts/chart-math';
import { None, Time, Unit } from '../parts/basic';
import { AsCommand } from '../parts/cmd';
import { Read, Skeleton } from '../parts/faces';
import { usePlace } from '../shell/current';
import { Crumbs, Head, useTitle } from '../shell/head';
import { CreditPanel } from './credit';
import { CreditToday } from './credit-chart';
import { ByScope } from './cost-by-scope';
import { Charges, Transfers } from './money-tables';

const DayBars = lazy(() => import('../parts/charts').then((it) => ({ default: it.DayBars })));

export function CostPage() {
  const { scope, organization } = usePlace();
  const [adding, setAdding] = useState(false);
  const cost = useQuery({ ...costs(scope ?? { id: '', kind: 'project' }), enabled: scope !== undefined });
  useTitle('Cost', scope?.path);
  if (!scope) return null;
  const plural = `${scope.kind}s`;
  const atOrganization = scope.kind === 'organization';
  return (
    <>
      <Crumbs trail={[{ name: 'Cost' }]} />
      <Head
        title={`Cost at ${scope.name}`}
        sub={<>Derived from the ledger's postings, never written; <Time at={cost.dataUpdatedAt || Date.now()} /></>}
        actions={
          <>
            <AsCommand command={{ cli: `gpuaas charge list --at ${scope.path}${atOrganization ? `\ngpuaas balance show ${scope.path}` : ''}`, curl: curl(location.origin, 'GET', `/v1/${plural}/${scope.id}/costs`) }} />
            {atOrganization && (
              <button className="btn primary" type="button" aria-expanded={adding} onClick={() => setAdding(!adding)}>
                Add credit
              </button>
            )}
          </>
        }
      />
      {adding && atOrganization && <CreditPanel organization={scope} close={() => setAdding(false)} />}
      <Read query={cost} what="The cost" doing={`read the cost of ${scope.path}`} scope={scope.id} needs="billing.cost.read" lines={8}>
        {(data) => (
          <div className="stack">
            <Stats data={data} organization={organization} />
            {organization && atOrganization && <CreditToday data={data} organization={organization} />}
            <ByDay data={data} />
            <ByScope data={data} scope={scope} />
            <ChargeList scope={scope} plural={plural} />
            {organization && atOrganization && <Ledger organization={organization} />}
          </div>
        )}
      </Read>
    </>
  );
}

function Stats({ data, organization }: { data: Costs; organization?: Scope }) {
  const credit = useQuery({ ...balance(organization?.id ?? ''), enabled: organization !== undefined, retry: false }).data;
  const left = credit && toBig(credit.prepaid);
  const hours = left === undefined ? undefined : hoursLeft(left, toBig(data.burn));
  const empty = hours === undefined ? undefined : new Date(Date.now() + hours * 3_600_000);
  return (
    <dl className="card stats flush">
      <div>
        <dt>Prepaid credit left{organization && ` at ${organization.name}`}</dt>
        <dd className="fig">{credit ? <>{grouped(fixed(toBig(credit.prepaid), 6))}<Unit>{credit.prepaid.currency}</Unit></> : <None />}</dd>
        <dd className="note">{credit ? 'posted; no hold is taken yet' : <>hidden: needs <code>billing.balance.read</code></>}</dd>
      </div>
      <div>
        <dt>Burn rate</dt>
        <dd className="fig">
          {rateAmount(data.burn)}
          <Unit>{data.burn.currency}/hour</Unit>
        </dd>
        <dd className="note">{data.running} running</dd>
      </div>
      <div>
        <dt>Time to empty</dt>
        <dd className="fig">{hours === undefined ? <None /> : hours <= 0 ? 'empty' : duration(hours * 3_600_000)}</dd>
        <dd className="note">{left === undefined ? 'the credit is hidden' : hours === undefined ? 'nothing runs' : hours > 0 ? `${local(empty!, new Date())}, at this scope's burn rate` : 'what runs goes on; add credit'}</dd>
      </div>
      <div>
        <dt>Charged in {monthName(new Date())}</dt>
        <dd className="fig">
          {grouped(fixed(toBig(data.charged), 6))}
          <Unit>{data.charged.currency}</Unit>
        </dd>
        <dd className="note">no budget is enforced yet</dd>
      </div>
    </dl>
  );
}

function ByDay({ data }: { data: Costs }) {
  const unit = data.charged.currency;
  return (
    <section className="card" aria-labelledby="by-day">
      <header>
        <h2 id="by-day" className="grow">
          Charged by day
        </h2>
        <span className="mut sm">days in UTC · bars: posted</span>
      </header>
      {data.by_day.length ? (
        <div className="pad tw chartpad" tabIndex={0} role="group" aria-label="Chart, scrolls sideways on a small screen">
          <Suspense fallback={<Skeleton what="the chart" />}>
            <DayBars label={`Charged by day, ${unit}`} unit={unit} days={daysOfMonth(data.by_day.map((it) => ({ day: it.day, value: Number(toNumber(toBig(it.amount)).toPrecision(6)) })), new Date().toISOString().slice(0, 10))} />
          </Suspense>
        </div>
      ) : (
        <div className="blank">
          <p className="sec">Nothing charged yet. A day appears with its first charge.</p>
        </div>
      )}
    </section>
  );
}

function ChargeList({ scope, plural }: { scope: Scope; plural: string }) {
  const query = useQuery(charges(scope));
  return (
    <Read query={query} what="The charges" doing={`read the charges of ${scope.path}`} scope={scope.id} needs="billing.charge.list">
      {(data) => (
        <Charges pathless={scope.kind === 'project'} rows={data.rows} more={data.more}
          actions={<AsCommand small command={{ cli: `gpuaas charge list --at ${scope.path}`, curl: curl(location.origin, 'GET', `/v1/${plural}/${scope.id}/charges`) }} />} />
      )}
    </Read>
  );
}

function Ledger({ organization }: { organization: Scope }) {
  const moved = useQuery(transfers(organization.id));
  const credit = useQuery({ ...balance(organization.id), retry: false });
  return (
    <>
      {credit.data && <Accounts data={credit.data} />}
      <Read query={moved} what="The transfers" doing={`read the transfers of ${organization.path}`} scope={organization.id} needs="billing.transfer.list">
        {(data) => (
          <Transfers rows={data.rows} more={data.more}
            actions={<AsCommand small command={{ cli: `gpuaas transfer list --at ${organization.path}`, curl: curl(location.origin, 'GET', `/v1/organizations/${organization.id}/transfers`) }} />} />
        )}
      </Read>
    </>
  );
}

function Accounts({ data }: { data: Balance }) {
  return (
    <section className="card" aria-labelledby="accounts">
      <header>
        <h2 id="accounts" className="grow">
          Accounts
        </h2>
        <span className="mut sm">balance = postings, summed; credit left {roundAmount(data.prepaid)} {data.prepaid.currency}</span>
      </header>
      <div className="tw">
        <table className="t slim cards">
          <thead>
            <tr>
              <th scope="col">Account</th>
              <th scope="col" className="num">Debits, {data.prepaid.currency}</th>
              <th scope="col" className="num">Credits, {data.prepaid.currency}</th>
              <th scope="col" className="num">Balance, {data.prepaid.currency}</th>
            </tr>
          </thead>
          <tbody>
            {data.accounts.map((it) => (
              <tr key={it.name}>
                <td className="first path">{it.name}</td>
                <td className="num" data-l="Debits">{grouped(fixed(toBig(it.debits), 6))}</td>
                <td className="num" data-l="Credits">{grouped(fixed(toBig(it.credits), 6))}</td>
                <td className="num strong" data-l="Balance">{grouped(fixed(toBig(it.balance), 6))}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
