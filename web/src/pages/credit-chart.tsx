// Prepaid credit, today: from the organization's transfers and its burn rate.
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { balance, transfers } from '../api/queries';
import type { Costs, Scope } from '../api/types';
import { rateAmount, toBig, toNumber } from '../format/decimal';
import { creditSteps, emptyAt, horizon } from '../parts/credit-math';
import { Skeleton } from '../parts/faces';

const CreditLine = lazy(() => import('../parts/charts').then((it) => ({ default: it.CreditLine })));

export function CreditToday({ data, organization }: { data: Costs; organization: Scope }) {
  const credit = useQuery({ ...balance(organization.id), retry: false });
  const moved = useQuery({ ...transfers(organization.id), retry: false });
  if (!credit.data || !moved.data || moved.data.more) return null; // with only some transfers the line would be wrong
  const account = credit.data.accounts.find((it) => it.name.startsWith('prepaid/'))?.name;
  if (!account) return null;
  const now = credit.dataUpdatedAt;
  const midnight = new Date(now).setHours(0, 0, 0, 0);
  const first = Math.min(now - 60_000, ...moved.data.rows.map((it) => new Date(it.at).getTime()));
  const left = toBig(credit.data.prepaid);
  const burn = toBig(data.burn);
  const empty = emptyAt(left, burn, now);
  const { currency } = credit.data.prepaid;
  return (
    <section className="card" aria-labelledby="credit-today">
      <header>
        <h2 id="credit-today" className="grow">
          Prepaid credit, today
        </h2>
        <span className="mut sm">solid: posted · dashed: if nothing changes</span>
      </header>
      <div className="pad tw chartpad" tabIndex={0} role="group" aria-label="Chart, scrolls sideways on a small screen">
        <Suspense fallback={<Skeleton what="the chart" />}>
          <CreditLine
            steps={creditSteps(moved.data.rows, account, left, Math.max(midnight, first), now)} left={toNumber(left)} burn={toNumber(burn)} burnText={`${rateAmount(data.burn)} ${currency}/hour`}
            unit={currency} now={now} empty={empty} to={horizon(empty, now)}
          />
        </Suspense>
      </div>
    </section>
  );
}
