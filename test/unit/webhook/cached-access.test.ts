import { expect } from 'chai';
import type { KubeClient } from '../../../src/kube/client.ts';
import { withCachedAccess } from '../../../webhook/cached-access.ts';

describe('permissions to read', () => {
  let now: number;
  let asked: string[];
  let answer: (user: string) => Promise<{ allowed: boolean; reason: string }>;
  let client: KubeClient;
  const spec = (user: string, name = 'creds') => ({
    user,
    resourceAttributes: { namespace: 'shop', verb: 'get', group: '', resource: 'secrets', name },
  });

  beforeEach(() => {
    now = 0;
    asked = [];
    answer = (user) => Promise.resolve({ allowed: user === 'ada', reason: '' });
    const server = {
      subjectAccessReview: ({ user = '' }: { user?: string }) => {
        asked.push(user);
        return answer(user);
      },
    } as unknown as KubeClient;
    client = withCachedAccess(server, {
      now: () => new Date(0),
      monotonicMs: () => now,
      sleep: () => Promise.resolve(),
    });
  });

  it('are asked for once at a time', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => client.subjectAccessReview(spec('ada'))));
    expect(answers.map(({ allowed }) => allowed)).to.deep.equal([true, true, true]);
    expect(asked).to.deep.equal(['ada']);
  });

  it('hold for five seconds when given, for one when not', async () => {
    for (const at of [0, 900, 1100, 4900, 5100]) {
      now = at;
      await client.subjectAccessReview(spec('ada'));
      await client.subjectAccessReview(spec('eve'));
    }
    expect(asked.filter((user) => user === 'ada')).to.have.length(2);
    expect(asked.filter((user) => user === 'eve')).to.have.length(3);
  });

  it('are those of one user and one Secret', async () => {
    await client.subjectAccessReview(spec('ada'));
    await client.subjectAccessReview(spec('ada', 'other'));
    expect(asked).to.have.length(2);
  });

  it('are asked for again after a failure', async () => {
    answer = () => Promise.reject(new Error('the API server is away'));
    const failed = await client.subjectAccessReview(spec('ada')).then(
      () => false,
      () => true,
    );
    answer = () => Promise.resolve({ allowed: true, reason: '' });
    expect([failed, (await client.subjectAccessReview(spec('ada'))).allowed]).to.deep.equal([true, true]);
  });
});
