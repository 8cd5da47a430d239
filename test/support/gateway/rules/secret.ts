import type { JsonObject } from '../wire/json.ts';
import { textOf } from '../wire/json.ts';
import type { Violation } from './violation.ts';

/** Bytes, not characters: a value of 5 121 characters of two bytes is too long. */
const maxValueBytes = 10_240;

export function checkSecret(spec: JsonObject): readonly Violation[] {
  const [name, description, value] = [textOf(spec.displayName), textOf(spec.description), textOf(spec.value)];
  const found: Violation[] = [];
  if (name === '') found.push({ field: 'spec.displayName', message: 'Secret display name is required' });
  else if (name.length > 253) {
    found.push({ field: 'spec.displayName', message: 'Secret display name must be 1-253 characters' });
  } else if (!/^[a-zA-Z0-9\-_. ]+$/.test(name)) {
    const allowed = 'only letters, numbers, spaces, hyphens, underscores, and dots allowed';
    found.push({
      field: 'spec.displayName',
      message: `Secret display name must be URL-friendly (${allowed})`,
    });
  }
  if (description.length > 1024) {
    found.push({ field: 'spec.description', message: 'Secret description must be at most 1024 characters' });
  }
  if (value === '') found.push({ field: 'spec.value', message: 'Secret value is required' });
  if (Buffer.byteLength(value) > maxValueBytes) {
    found.push({ field: 'spec.value', message: 'Secret value must be less than 10KB' });
  }
  return found;
}
