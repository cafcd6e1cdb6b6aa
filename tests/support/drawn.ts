import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createElement, type ReactNode } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { MemoryRouter } from 'react-router';

/** The words of an element as it is first drawn; `answers` are what the backend has said before, by query key. */
export function drawn(element: ReactNode, answers: readonly (readonly [key: readonly unknown[], answer: unknown])[] = []): string {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY } } });
  for (const [key, answer] of answers) client.setQueryData(key, answer);
  const routed = createElement(MemoryRouter, null, createElement(QueryClientProvider, { client }, element));
  return renderToStaticMarkup(createElement(MantineProvider, null, routed)).replaceAll(/<style.*?<\/style>|<[^>]*>/gs, ' ');
}
