import type { Violation } from './violation.ts';

/** A version as the gateway takes it, laxer than its document: `v` and the second and third number are optional. */
export const versionPattern = /^v?\d+(\.\d+)?(\.\d+)?$/;

/** displayName of RestApi, WebSubApi and Mcp. */
export function checkDisplayName(name: string, noun: string): readonly Violation[] {
  const field = 'spec.displayName';
  if (name === '') return [{ field, message: `${noun} display name is required` }];
  if (name.length > 100) return [{ field, message: `${noun} display name must be 1-100 characters` }];
  if (/^[a-zA-Z0-9\-_. ]+$/.test(name)) return [];
  const allowed = 'only letters, numbers, spaces, hyphens, underscores, and dots allowed';
  return [{ field, message: `${noun} display name must be URL-friendly (${allowed})` }];
}

export function checkVersion(version: string, noun: string): readonly Violation[] {
  if (version === '') return [{ field: 'spec.version', message: `${noun} version is required` }];
  if (versionPattern.test(version)) return [];
  return [
    {
      field: 'spec.version',
      message: 'Version must follow semantic versioning pattern (e.g., v1.0, v2.1.3)',
    },
  ];
}

/** The characters of a context are free; only its ends and its length are looked at. */
export function checkContext(context: string): readonly Violation[] {
  const field = 'spec.context';
  if (context === '') return [{ field, message: 'Context is required' }];
  const found: Violation[] = [];
  if (!context.startsWith('/')) found.push({ field, message: 'Context must start with /' });
  if (context.endsWith('/') && context !== '/') {
    found.push({ field, message: 'Context cannot end with / (except for root context)' });
  }
  if (context.length > 200) found.push({ field, message: 'Context must be 1-200 characters' });
  return found;
}

/** displayName and version of LlmProvider and LlmProxy, which have messages of their own. */
export function checkLlmTexts(name: string, version: string, noun: string): readonly Violation[] {
  const found: Violation[] = [];
  if (name === '') found.push({ field: 'spec.displayName', message: `${noun} display name is required` });
  if (name.length > 253) {
    found.push({ field: 'spec.displayName', message: `${noun} display name must be 1-253 characters` });
  }
  if (version !== '' && !versionPattern.test(version)) {
    found.push({ field: 'spec.version', message: `${noun} version format is invalid (expected vX.Y.Z)` });
  }
  return found;
}
