import { advised, text } from '../model/schema.ts';

/** Names, versions and addresses as the gateway judges them (measured, both generations) and as its document asks. */

export const displayName = text('Name for people. Unique within the kind together with the version.', {
  minLength: 1,
  maxLength: 100,
  pattern: '^[a-zA-Z0-9\\-_\\. ]+$',
});

export const llmDisplayName = advised(
  text('Name for people. Unique within the kind together with the version.', {
    minLength: 1,
    maxLength: 253,
  }),
  {
    maxLength: 100,
    pattern: '^[a-zA-Z0-9\\-_\\. ]+$',
  },
);

const versionPattern = '^v?\\d+(\\.\\d+)?(\\.\\d+)?$';

export const version = advised(text('Version, such as v1.0.', { pattern: versionPattern }), {
  pattern: '^v\\d+\\.\\d+$',
});

export const context = advised(
  text('Path below which the API answers; $version in it stands for the version.', {
    pattern: '^/(.*[^/])?$',
    maxLength: 200,
  }),
  { pattern: '^/([a-zA-Z0-9_\\-/$.]*[^/])?$' },
);

/** Gateways don't check the context of LLM kinds at all. */
export const llmContext = advised(text('Path below which it answers.'), {
  pattern: '^/([a-zA-Z0-9_\\-/]*[^/])?$',
  maxLength: 200,
});

export const vhost = advised(text('Host name under which it answers.'), {
  pattern: '^(\\*\\.|[a-zA-Z0-9]([a-zA-Z0-9\\-]{0,61}[a-zA-Z0-9])?\\.)+[a-zA-Z]{2,}$',
  maxLength: 253,
});

export const deploymentState = advised(text('deployed (the default) or undeployed.'), {
  enum: ['deployed', 'undeployed'],
});

export const methods = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'] as const;

/** The pair that a gateway keeps unique within a kind; brackets can't stand in a version, so no two pairs read alike. */
export function titleOf(spec: { readonly displayName: string; readonly version?: string }): string {
  return `${spec.displayName} (${spec.version ?? ''})`;
}

/** The context as the gateway exposes it. */
export function contextOf(context: string, version: string | undefined): string {
  return context.replaceAll('$version', version ?? '');
}
