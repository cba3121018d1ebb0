// Charges and transfers as lists: at a scope, or of one instance.
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Charge, Transfer } from '../api/types';
import { fixed, rateAmount, sum, tableAmount } from '../format/decimal';
import { None, Sim, Status, Time } from '../parts/basic';
import { DataTable, type Column } from '../parts/data-table';
import { Id } from '../parts/id';

const instanceLink = (id: string, name: string) => (
  <Link className="name" to={'/instances/$instanceId/lineage' as never} params={{ instanceId: id } as never}>
    {name}
  </Link>
);

export function Charges({ rows, more, one, pathless, actions }: { rows: Charge[]; more: boolean; one?: boolean; pathless?: boolean; actions?: ReactNode }) {
  const currency = rows[0]?.amount.currency ?? 'EUR';
  const columns: Column<Charge>[] = [
    { id: 'at', title: 'When', text: (it) => it.at, cell: (it) => <Time at={it.at} /> },
    { id: 'charge', title: 'Charge', first: one, text: (it) => it.id, cell: (it) => <Id id={it.id} /> },
    ...(one ? [] : [{ id: 'instance', title: 'Instance', first: true, text: (it: Charge) => it.resource_name, cell: (it: Charge) => instanceLink(it.resource, it.resource_name) }]),
    { id: 'path', title: 'Path', narrow: true, optional: one || pathless, text: (it) => it.path_text, cell: (it) => <span className="path">{it.path_text}</span> },
    {
      id: 'quantity', title: 'Quantity', num: true, text: (it) => it.quantity, order: (it) => Number(it.quantity),
      cell: (it) => <>{it.quantity} <span className="mut nowrap">{it.unit} {it.simulated && <Sim />}</span></>,
    },
    {
      id: 'rate', title: `Rate, ${currency}`, num: true, narrow: true, text: (it) => `${it.rate.amount}/${it.rate.per_text}`, order: (it) => Number(it.rate.amount),
      cell: (it) => <>{rateAmount(it.rate.amount)} <span className="mut">/{it.rate.per_text}, book {it.price_book}</span></>,
    },
    { id: 'event', title: 'Usage event', optional: true, narrow: true, text: (it) => it.usage_event, cell: (it) => <Id id={it.usage_event} /> },
    { id: 'state', title: 'State', text: (it) => it.state, cell: (it) => <Posted state={it.state} /> },
    { id: 'amount', title: `Amount, ${currency}`, num: true, text: (it) => it.amount.amount, order: (it) => Number(it.amount.amount), cell: (it) => <span className="big">{tableAmount(it.amount)}</span>, total: fixed(sum(rows.map((it) => it.amount)), 6) },
  ];
  return (
    <DataTable label="charges" one="charge" slim columns={columns} rows={rows} more={more} rowKey={(it) => it.id} sort={{ id: 'at', desc: true }} actions={actions}
      title={<h2 className="grow">Charges</h2>}
      empty={<div className="blank"><h3>No charges yet</h3><p className="sec">Usage is measured by the second and rated shortly after: quantity times the price that held then.</p></div>} />
  );
}

export function Transfers({ rows, more, actions }: { rows: Transfer[]; more: boolean; actions?: ReactNode }) {
  const currency = rows[0]?.amount.currency ?? 'EUR';
  const columns: Column<Transfer>[] = [
    { id: 'at', title: 'When', text: (it) => it.at, cell: (it) => <Time at={it.at} /> },
    { id: 'transfer', title: 'Transfer', first: true, text: (it) => it.id, cell: (it) => <Id id={it.id} /> },
    {
      id: 'accounts', title: 'From and to', text: (it) => `${it.debit} -> ${it.credit}`,
      cell: (it) => <><span className="path">{it.debit}</span> <span className="arrow" role="img" aria-label="to">→</span> <span className="path">{it.credit}</span></>,
    },
    { id: 'because', title: 'Because of', narrow: true, text: (it) => it.charge || it.resource || it.note, cell: (it) => (it.charge ? <Id id={it.charge} /> : it.resource ? <Id id={it.resource} /> : it.note ? <span className="sec">{it.note}</span> : <None />) },
    { id: 'state', title: 'State', choices: true, narrow: true, text: (it) => it.kind, cell: (it) => <Posted state={it.kind} /> },
    { id: 'amount', title: `Amount, ${currency}`, num: true, text: (it) => it.amount.amount, order: (it) => Number(it.amount.amount), cell: (it) => <span className="big">{tableAmount(it.amount)}</span> },
  ];
  return (
    <DataTable label="transfers" one="transfer" slim columns={columns} rows={rows} more={more} rowKey={(it) => it.id} sort={{ id: 'at', desc: true }} actions={actions}
      title={<h2 className="grow">Transfers</h2>}
      empty={<div className="blank"><h3>No transfers yet</h3><p className="sec">Each charge moves money once, from prepaid credit to revenue; debits and credits are always equal.</p></div>} />
  );
}

const Posted = ({ state }: { state: string }) => (state === 'posted' ? <Status tone="ok" shape="s-check">posted</Status> : <Status tone="wait" shape="s-wait">{state}</Status>);
