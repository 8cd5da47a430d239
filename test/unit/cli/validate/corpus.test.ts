import { expect } from 'chai';
import { commandVerdict } from '../../../agreement/command-verdict.ts';
import { casesOf, readCorpus } from '../../../agreement/corpus.ts';
import { loadedPolicies } from '../../../agreement/scene.ts';
import { generations, type Generation } from '../../../../src/model/generation.ts';
import type { Packed } from '../../../../src/policies/packed.ts';
import { startGateway } from '../../../support/gateway/emulator.ts';

describe('portcullis validate over the corpus of fixtures', () => {
  const policies = new Map<Generation, Packed>();

  before('what gateways of each generation have loaded', async () => {
    for (const api of generations) {
      const gateway = await startGateway({ api });
      policies.set(api, await loadedPolicies(gateway));
      await gateway.stop();
    }
  });

  for (const fixture of readCorpus()) {
    it(`says of ${fixture.file} what the file expects`, async () => {
      for (const one of casesOf(fixture)) {
        const place = { namespace: 'shop', gateway: 'edge' };
        const verdict = await commandVerdict(one, place, policies.get(one.generation) ?? {});
        const said = `on ${one.generation}: ${verdict.denials.join(' | ')}`;
        expect(verdict.allowed, said).to.equal(one.expected === 'accepted');
      }
    });
  }
});
