// The command palette: Control K, or its field in the bar. The list itself is fetched after the page, or when first opened.
import { lazy, Suspense, useEffect, useState } from 'react';
import { Icon } from '../parts/basic';

const load = () => import('./spotlight');
const Spotlight = lazy(() => load().then((it) => ({ default: it.SpotlightList })));
const FETCH_AFTER = 4000; // milliseconds: when the page stands, so that the first Control K is not a wait

export function Palette() {
  const [asked, setAsked] = useState(0);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        setAsked((n) => n + 1);
      }
    };
    addEventListener('keydown', onKey);
    const early = setTimeout(() => void load(), FETCH_AFTER);
    return () => {
      removeEventListener('keydown', onKey);
      clearTimeout(early);
    };
  }, []);
  return (
    <>
      <button className="palette" type="button" aria-label="Command palette, Control K" onClick={() => setAsked((n) => n + 1)}>
        <Icon name="search" />
        <span>Find anything, or run a command</span>
        <kbd>Ctrl K</kbd>
      </button>
      {asked > 0 && (
        <Suspense>
          <Spotlight asked={asked} />
        </Suspense>
      )}
    </>
  );
}
