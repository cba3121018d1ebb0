// A line of text that lives in the page's URL, so that a link shows the same list.
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';

export function useUrlText(key: string | undefined): [string, (text: string) => void] {
  const navigate = useNavigate();
  const search = useSearch({ strict: false }) as Record<string, string | undefined>;
  const [own, setOwn] = useState('');
  if (!key) return [own, setOwn];
  const set = (text: string) =>
    void navigate({ to: '.', replace: true, search: ((was: Record<string, unknown>) => ({ ...was, [key]: text || undefined })) as never });
  return [search[key] === undefined ? '' : String(search[key]), set];
}
