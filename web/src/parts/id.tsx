// An id: short on the page, whole in the clipboard.
import { shortId } from '../format/units';
import { useCopy } from './copy';

export function Id({ id, whole }: { id: string; whole?: boolean }) {
  const copy = useCopy();
  return (
    <button type="button" className="id copyid" title={`${id}: copy`} aria-label={`Copy id ${id}`} onClick={() => copy(id)}>
      {whole ? id : shortId(id)}
    </button>
  );
}
