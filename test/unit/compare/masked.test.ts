import { expect } from 'chai';
import { maskedSpec, maskedWords, sensitiveValue } from '../../../src/compare/masked.ts';
import { table } from '../../../src/kinds/table.ts';
import { minimal } from '../../support/manifests.ts';

const row = table.get('RestApi');

describe('what is shown of a spec', () => {
  const shown = [
    ['https://user:word@books.example/v1', `https://${sensitiveValue}@books.example/v1`],
    ['https://user:wo@rd@books.example/v1', `https://${sensitiveValue}@books.example/v1`],
    ['https://user@books.example', `https://${sensitiveValue}@books.example`],
    ['https://books.example/people/@me', 'https://books.example/people/@me'],
    ['https://books.example', 'https://books.example'],
  ] as const;
  for (const [url, text] of shown)
    it(`is ${text} of an address ${url}`, () => {
      const spec = { ...minimal.RestApi, upstream: { main: { url } } };
      expect(maskedSpec(row, spec)).to.have.nested.property('upstream.main.url', text);
      expect(maskedWords({ 'example.com/home': url })).to.deep.equal({ 'example.com/home': text });
    });
});
