import { expect } from 'chai';
import type { Surroundings } from '../../support/gateway/template/functions.ts';
import { render } from '../../support/gateway/template/render.ts';

const surroundings: Surroundings = {
  secret: (name) => (name === 'token' ? 's3cr3t {{ not evaluated }}' : undefined),
  environment: { HOME: '/home/gateway' },
};

describe('expressions on the emulated gateway', () => {
  const good: readonly (readonly [template: string, text: string])[] = [
    ['no expression }}', 'no expression }}'],
    ['Bearer {{ secret "token" }}', 'Bearer s3cr3t {{ not evaluated }}'],
    ['{{ secret `token` | redact }}', 's3cr3t {{ not evaluated }}'],
    ['{{ env "HOME" }}/x', '/home/gateway/x'],
    ['{{ env "NOSUCH" | default "none" }}', 'none'],
    ['{{ upper "abc" }}{{ lower "DEF" }}', 'ABCdef'],
    ['{{ replace "a" "b" "banana" }}', 'bbnbnb'],
    ['{{ printf "%s-%d" "a" 5 }}', 'a-5'],
    ['{{ len (env "HOME") }}', '13'],
    ['{{ $home := env "HOME" }}in {{ $home | upper }}', 'in /HOME/GATEWAY'],
    ['{{ printf "}}%s" (env "HOME") }}', '}}/home/gateway'],
    ['a {{- "b" -}} c', 'abc'],
    ['a{{/* nothing */}}b', 'ab'],
    ['{{ "{{" }} x }}', '{{ x }}'],
    ['{{ `{{ x }}` }}', '{{ x }}'],
  ];
  for (const [template, text] of good) {
    it(`turn ${template} into ${text}`, () => {
      expect(render({ field: template }, surroundings)).to.deep.equal({ field: text });
    });
  }

  const bad: readonly (readonly [template: string, message: string])[] = [
    ['{{ secret "nosuch" }}', 'failed to resolve secret "nosuch": configuration not found: id=nosuch'],
    ['{{ nosuch "x" }}', 'function "nosuch" not defined'],
    ['{{ secret "token"', 'unclosed action'],
    ["{{ secret 'token' }}", "malformed character constant: 'token'"],
    ['{{ secret "token }}', 'unterminated quoted string'],
    ['{{ }}', 'missing value for command'],
    ['{{ $home }}', 'undefined variable "$home"'],
    ['{{ upper }}', 'expected string'],
    ['{{ required "say where" (env "NOSUCH") }}', 'say where'],
  ];
  for (const [template, message] of bad) {
    it(`are refused when they are ${template}`, () => {
      expect(() => render({ deep: [{ field: template }] }, surroundings)).to.throw(message);
    });
  }
});
