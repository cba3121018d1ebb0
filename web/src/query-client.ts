import { QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiError } from './api/problem';

/** Reads are tried again where that can help; a session that ended leads to sign-in. */
export function makeQueries(): QueryClient {
  const queries: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      onError: (error) => {
        if (error instanceof ApiError && error.status === 401 && location.pathname !== '/sign-in') {
          const back = location.pathname + location.search;
          queries.clear();
          location.assign(`/sign-in?to=${encodeURIComponent(back)}`);
        }
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        retry: (tries, error) => tries < 2 && error instanceof ApiError && error.passing,
        refetchOnWindowFocus: true,
      },
      mutations: { retry: false },
    },
  });
  return queries;
}
