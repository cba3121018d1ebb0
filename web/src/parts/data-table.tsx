// A list: filter, sort, columns, CSV, totals, and its empty face. Columns say how they read as text, for filter and CSV.
import { Menu } from '@mantine/core';
import {
  createColumnHelper, flexRender, getCoreRowModel, getSortedRowModel, useReactTable, type Header, type Row, type SortingState,
} from '@tanstack/react-table';
import { useMemo, useState, type ReactNode } from 'react';
import { csv } from '../format/csv';
import { parseFilter, passes, withColumn } from '../format/filter';
import { count } from '../format/units';
import { Icon } from './basic';
import { useUrlText } from './url-text';

export type Column<T> = {
  id: string;
  title: string; // with the unit
  text: (row: T) => string | number; // for filter, sort and CSV
  cell: (row: T) => ReactNode;
  order?: (row: T) => number | string; // where the text does not sort right
  num?: boolean;
  first?: boolean; // the name: heads the card on a phone
  narrow?: boolean; // left out on a phone
  optional?: boolean; // off until chosen
  total?: ReactNode;
  choices?: boolean; // a menu of its values beside the filter
};

const ROOM = 25; // rows drawn at first; filter, sort, totals and CSV work on all

type Props<T> = {
  label: string; // "instances", for the file, the foot and readers
  one: string;
  columns: Column<T>[];
  rows: T[];
  more?: boolean;
  rowKey: (row: T) => string;
  sort?: { id: string; desc: boolean };
  placeholder?: string;
  title?: ReactNode;
  actions?: ReactNode;
  empty?: ReactNode;
  slim?: boolean;
  urlKey?: string; // keeps filter and sort in the page's URL
};

export function DataTable<T>(props: Props<T>) {
  const { columns, rows, label } = props;
  const [line, setLine] = useUrlText(props.urlKey);
  const [sorting, setSorting] = useState<SortingState>(props.sort ? [props.sort] : []);
  const [hidden, setHidden] = useState(() => new Set(columns.filter((column) => column.optional).map((column) => column.id)));
  const shown = useMemo(() => columns.filter((column) => !hidden.has(column.id)), [columns, hidden]);

  const found = useMemo(() => {
    const filter = parseFilter(line);
    return rows.filter((row) => passes(filter, new Map(columns.map((column) => [column.id, String(column.text(row)).toLowerCase()]))));
  }, [rows, columns, line]);

  const table = useReactTable({
    data: found,
    columns: useMemo(() => defs(shown), [shown]),
    state: { sorting },
    onSortingChange: setSorting,
    getRowId: props.rowKey,
    getCoreRowModel: getCoreRowModel(),
    getSortedRowModel: getSortedRowModel(),
  });
  const sorted = table.getRowModel().rows;
  const [room, setRoom] = useState(ROOM);
  const drawn = sorted.slice(0, room);

  if (!rows.length && props.empty)
    return (
      <section className="card" aria-label={label}>
        {props.title && <header>{props.title}</header>}
        {props.empty}
      </section>
    );
  return (
    <section className="card" aria-label={label}>
      {props.title && <header>{props.title}</header>}
      <div className="tools">
        <span className="inw grow">
          <Icon name="search" />
          <input className="in" aria-label={`Filter ${label}`} placeholder={props.placeholder ?? 'Filter'} value={line} onChange={(event) => setLine(event.target.value)} />
        </span>
        {columns.filter((column) => column.choices).map((column) => (
          <Choices key={column.id} column={column} rows={rows} line={line} setLine={setLine} />
        ))}
        <span className="grow" />
        {props.actions}
        <Columns columns={columns} hidden={hidden} setHidden={setHidden} />
        <button className="btn quiet" type="button" onClick={() => download(label, shown, sorted)}>
          <Icon name="down" />
          CSV
        </button>
      </div>
      <div className="tw">
        <table className={`t cards${props.slim ? ' slim' : ''}`}>
          <thead>
            <tr>
              {table.getFlatHeaders().map((header, i) => (
                <Heading key={header.id} header={header} column={shown[i]!} />
              ))}
            </tr>
          </thead>
          <tbody>
            {drawn.map((row) => (
              <tr key={row.id}>
                {row.getVisibleCells().map((cell, i) => (
                  <td key={cell.id} className={cellClass(shown[i]!)} data-l={shown[i]!.first ? undefined : shown[i]!.title}>
                    <span className="cellin">{flexRender(cell.column.columnDef.cell, cell.getContext())}</span>
                  </td>
                ))}
              </tr>
            ))}
            {drawn.length < sorted.length && (
              <tr>
                <td colSpan={shown.length} className="first">
                  <span className="row">
                    <span className="mut">{drawn.length} of {sorted.length} drawn</span>
                    <button className="btn small" type="button" onClick={() => setRoom(room + 4 * ROOM)}>
                      Draw more
                    </button>
                  </span>
                </td>
              </tr>
            )}
            {!sorted.length && (
              <tr>
                <td colSpan={shown.length} className="first">
                  <span className="row">
                    None of {count(rows.length, props.one)} fits the filter.
                    <button className="btn small" type="button" onClick={() => setLine('')}>
                      Clear it
                    </button>
                  </span>
                </td>
              </tr>
            )}
          </tbody>
          <tfoot>
            <tr>
              {shown.map((column, i) => (
                <td key={column.id} className={`${cellClass(column)}${i > 0 && !column.total ? ' none' : ''}`} data-l={i > 0 ? column.title : undefined}>
                  {i === 0 ? footText(found.length, rows.length, props) : column.total}
                </td>
              ))}
            </tr>
          </tfoot>
        </table>
      </div>
    </section>
  );
}

const cellClass = <T,>(column: Column<T>) => [column.first && 'first', column.num && 'num', column.narrow && 'opt2'].filter(Boolean).join(' ') || undefined;

function footText<T>(found: number, all: number, props: Props<T>): string {
  const whole = props.more ? `the first ${count(all, props.one)}` : count(all, props.one);
  return found === all ? `${whole}${props.more ? '; there are more' : ', all shown'}` : `${found} of ${whole}`;
}

function defs<T>(columns: Column<T>[]) {
  const make = createColumnHelper<T>();
  return columns.map((column) =>
    make.accessor((row: T) => (column.order ?? column.text)(row), {
      id: column.id,
      header: column.title,
      cell: (context) => column.cell(context.row.original),
      sortingFn: compare,
    }),
  );
}

function compare<T>(a: Row<T>, b: Row<T>, id: string): number {
  const [left, right] = [a.getValue<number | string>(id), b.getValue<number | string>(id)];
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  return String(left).localeCompare(String(right), 'en', { numeric: true });
}

function Heading<T>({ header, column }: { header: Header<T, unknown>; column: Column<T> }) {
  const sorted = header.column.getIsSorted();
  return (
    <th scope="col" className={[column.num && 'num', column.narrow && 'opt2'].filter(Boolean).join(' ') || undefined} aria-sort={sorted ? (sorted === 'asc' ? 'ascending' : 'descending') : undefined}>
      <button type="button" className="sortbtn" onClick={() => header.column.toggleSorting()}>
        {column.title}
      </button>
    </th>
  );
}

function Choices<T>({ column, rows, line, setLine }: { column: Column<T>; rows: T[]; line: string; setLine: (line: string) => void }) {
  const values = [...new Set(rows.map((row) => String(column.text(row))))].sort();
  const chosen = parseFilter(line).columns.get(column.id)?.[0];
  return (
    <Menu position="bottom-start" shadow="none" transitionProps={{ duration: 0 }}>
      <Menu.Target>
        <button className="btn" type="button">
          {column.title}: {chosen ?? 'all'}
          <Icon name="chev" />
        </button>
      </Menu.Target>
      <Menu.Dropdown className="floats">
        <Menu.Item onClick={() => setLine(withColumn(line, column.id, undefined))}>all</Menu.Item>
        {values.map((value) => (
          <Menu.Item key={value} onClick={() => setLine(withColumn(line, column.id, value.toLowerCase()))}>
            {value}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function Columns<T>({ columns, hidden, setHidden }: { columns: Column<T>[]; hidden: Set<string>; setHidden: (hidden: Set<string>) => void }) {
  const flip = (id: string) => {
    const next = new Set(hidden);
    if (!next.delete(id)) next.add(id);
    setHidden(next);
  };
  return (
    <Menu position="bottom-end" shadow="none" closeOnItemClick={false} transitionProps={{ duration: 0 }}>
      <Menu.Target>
        <button className="btn quiet opt2" type="button">
          <Icon name="colm" />
          Columns
        </button>
      </Menu.Target>
      <Menu.Dropdown className="floats">
        {columns.map((column) => (
          <Menu.Item key={column.id} disabled={column.first} role="menuitemcheckbox" aria-checked={!hidden.has(column.id)} onClick={() => flip(column.id)}>
            <span className="tickbox">{hidden.has(column.id) ? '' : '✓'}</span>
            {column.title}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function download<T>(label: string, columns: Column<T>[], rows: Row<T>[]) {
  const text = csv(columns.map((column) => column.title), rows.map((row) => columns.map((column) => column.text(row.original))));
  saveFile(`${label.replaceAll(' ', '-')}.csv`, text, 'text/csv');
}

export function saveFile(name: string, text: string, type: string) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = Object.assign(document.createElement('a'), { href: url, download: name });
  link.click();
  URL.revokeObjectURL(url);
}
