import { callsOf } from '../model/expression.ts';
import { denied, type Check } from './input.ts';

/** What a template may call: nothing that reads the gateway's environment, nothing that loops. */
const harmless = new Set([
  'secret',
  'default',
  'required',
  'redact',
  'lower',
  'upper',
  'trim',
  'replace',
  'printf',
  'len',
]);

/**
 * The gateway runs every string of a templated document. `secret` becomes a reference, and must name a literal so
 * that it can be one; every other function that reads what is not the author's is refused.
 */
export const expressions: Check = ({ question, spec }) => {
  const { wire } = question.row;
  if (wire.is !== 'envelope' || !wire.templated) return [];
  return callsOf(spec).flatMap(({ path, function: name, argument }) => {
    if (name === 'secret' && argument === undefined) {
      return [
        denied({
          path: `spec.${path}`,
          fault: 'calls secret without a name in double quotes',
          remedy: 'write {{ secret "name" }}',
        }),
      ];
    }
    if (harmless.has(name)) return [];
    return [
      denied({
        path: `spec.${path}`,
        fault: `calls ${name} in a template`,
        remedy: 'only secret and text functions are allowed; to send {{ as text, write {{ "{{" }}',
      }),
    ];
  });
};
