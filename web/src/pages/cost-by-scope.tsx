// Charges by scope, as the tree lies: each with its share of the whole.
import type { Costs, Scope } from '../api/types';
import { csv } from '../format/csv';
import { fixed, grouped, rateAmount, sum, toNumber } from '../format/decimal';
import { Icon, None } from '../parts/basic';
import { saveFile } from '../parts/data-table';
import { scopeIcon } from '../shell/side';
import { useScopes, within, type Tree } from '../shell/scopes';

type ScopeRow = { scope: Scope; depth: number; amount: bigint; burn: bigint };

/** The scope and all below it, parents first, each with what its projects sum up to. */
export function scopeRows(data: Costs, top: Scope, tree: Tree): ScopeRow[] {
  const row = (scope: Scope, depth: number): ScopeRow[] => {
    const own = data.by_project.filter((it) => within(it.path, scope.path));
    return [{ scope, depth, amount: sum(own.map((it) => it.amount)), burn: sum(own.map((it) => it.burn)) }, ...tree.below(scope.id).flatMap((it) => row(it, depth + 1))];
  };
  return row(top, 0);
}

export function ByScope({ data, scope }: { data: Costs; scope: Scope }) {
  const tree = useScopes();
  const rows = scopeRows(data, scope, tree);
  const { currency } = data.charged;
  const whole = rows[0]!.amount;
  const share = (it: ScopeRow) => (whole > 0n ? (toNumber(it.amount) / toNumber(whole)) * 100 : 0);
  const save = () =>
    saveFile('charges-by-scope.csv', csv(['Scope', `${currency}/hour`, `Charged, ${currency}`, 'Share, %'], rows.map((it) => [it.scope.path, rateAmount(it.burn), fixed(it.amount, 6), share(it).toFixed(1)])), 'text/csv');
  return (
    <section className="card" aria-labelledby="by-scope">
      <header>
        <h2 id="by-scope" className="grow">
          Charges by scope
        </h2>
        <button className="btn quiet small" type="button" onClick={save}>
          <Icon name="down" />
          CSV
        </button>
      </header>
      <div className="tw">
        <table className="t slim">
          <thead>
            <tr>
              <th scope="col">Scope</th>
              <th scope="col" className="num">{currency}/hour</th>
              <th scope="col" className="num">Charged, {currency}</th>
              <th scope="col" className="num opt2">Share</th>
              <th scope="col" className="opt2">
                <span className="vh">Share as a bar</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((it) => (
              <tr key={it.scope.id}>
                <td className={`ind${Math.min(it.depth, 2)}`}>
                  <span className={it.depth === 0 ? 'strong' : undefined}>
                    <Icon name={scopeIcon(it.scope)} />
                    {it.scope.name}
                  </span>
                </td>
                <td className="num">{it.burn ? rateAmount(it.burn) : <None />}</td>
                <td className={it.depth === 0 ? 'num strong' : 'num'}>{grouped(fixed(it.amount, 6))}</td>
                <td className="num opt2">{share(it).toFixed(1)} %</td>
                <td className="opt2 barcell">
                  <div className={it.scope.kind === 'project' ? 'hb' : 'hb faint'} style={{ width: `${share(it)}%` }} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
