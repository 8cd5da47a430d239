import { advised, object, optional, text } from '../model/schema.ts';

/** Host names of an API; several in one text are parted by `;`. */
export const vhosts = object('Host names under which it answers.', {
  main: optional(
    advised(text('For the main upstream.'), {
      pattern: '^(\\*\\.)?[a-zA-Z0-9.\\-]+(\\s*;\\s*(\\*\\.)?[a-zA-Z0-9.\\-]+)*$',
    }),
  ),
  sandbox: optional(advised(text('For the sandbox upstream.'), { pattern: '^[a-zA-Z0-9\\.\\-]+$' })),
});

/** What a gateway adds at POST when a document has no vhosts (its default settings, both generations). */
export const vhostDefault = { main: '*', sandbox: 'sandbox-*' } as const;
