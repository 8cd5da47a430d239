import { expect } from 'chai';
import { mostNamed, protection, sweepers, type Deletion } from '../../../src/checks/protection.ts';
import { annotation } from '../../../src/model/annotations.ts';
import { resource } from './world.ts';

const books = (metadata: object = {}) => resource('RestApi', 'books', {}, metadata);
const key = (name: string, metadata: object = {}) => resource('ApiKey', name, {}, metadata);
const person: Deletion = {
  object: books(),
  namespace: { metadata: {} },
  users: [key('one')],
  username: 'ada',
  isTool: false,
  dryRun: false,
  enforcement: 'Auto',
};
const allowing = (value: string) => ({ annotations: { [annotation.allowDelete]: value } });
const of = (metadata: object) => ({ object: books(metadata) });

describe('deletion protection', () => {
  const verdicts: readonly [string, Partial<Deletion>, 'refused' | 'warned'][] = [
    ['refuses a person', {}, 'refused'],
    [
      'refuses a person whose object says that it is protected in a namespace that is not',
      {
        object: books(allowing('false')),
        namespace: { metadata: allowing('true') },
      },
      'refused',
    ],
    ['refuses where the annotation has another value', of(allowing('yes')), 'refused'],
    ['refuses while the namespace is not known', { namespace: undefined }, 'refused'],
    ['warns in a dry run', { dryRun: true }, 'warned'],
    ['warns in a dry run under Deny too', { dryRun: true, enforcement: 'Deny' }, 'warned'],
    ['warns everybody under Warn', { enforcement: 'Warn' }, 'warned'],
    ['warns a user that is a delivery tool', { isTool: true }, 'warned'],
    ['refuses a delivery tool under Deny', { isTool: true, enforcement: 'Deny' }, 'refused'],
    ['warns of what Helm brought', of({ labels: { 'app.kubernetes.io/managed-by': 'Helm' } }), 'warned'],
    [
      'refuses where somebody else manages it',
      of({ labels: { 'app.kubernetes.io/managed-by': 'ada' } }),
      'refused',
    ],
    [
      'warns of what a HelmRelease brought',
      of({ labels: { 'helm.toolkit.fluxcd.io/name': 'shop' } }),
      'warned',
    ],
    [
      'warns of what a Kustomization brought',
      of({ labels: { 'kustomize.toolkit.fluxcd.io/name': 'shop' } }),
      'warned',
    ],
    [
      'warns of what Argo CD tracks by annotation',
      of({ annotations: { 'argocd.argoproj.io/tracking-id': 'shop:x' } }),
      'warned',
    ],
    [
      'warns of what Argo CD tracks by label',
      of({ labels: { 'argocd.argoproj.io/instance': 'shop' } }),
      'warned',
    ],
    [
      'refuses where Argo CD is only told something',
      of({ annotations: { 'argocd.argoproj.io/sync-wave': '1' } }),
      'refused',
    ],
    [
      'refuses what Helm brought under Deny',
      {
        ...of({ labels: { 'app.kubernetes.io/managed-by': 'Helm' } }),
        enforcement: 'Deny',
      },
      'refused',
    ],
  ];
  for (const [sentence, change, wanted] of verdicts)
    it(sentence, () => expect(protection({ ...person, ...change }).is).to.equal(wanted));

  const free: readonly [string, Partial<Deletion>, string][] = [
    ['what nothing refers to', { users: [] }, 'Unused'],
    [
      'what only refers to it on its own way out',
      { users: [key('one', { deletionTimestamp: 'now' })] },
      'Unused',
    ],
    ['what is being deleted already', of({ deletionTimestamp: 'now' }), 'BeingDeleted'],
    [
      'a namespace that is being deleted',
      { namespace: { metadata: { deletionTimestamp: 'now' } } },
      'NamespaceGoing',
    ],
    [
      'a namespace that is terminating',
      { namespace: { metadata: {}, status: { phase: 'Terminating' } } },
      'NamespaceGoing',
    ],
    ['an object with the annotation', of(allowing('true')), 'Allowed'],
    ['a namespace with the annotation', { namespace: { metadata: allowing('true') } }, 'Allowed'],
    ...sweepers.map((username) => [username, { username }, 'Sweeping'] as const),
  ].map(([what, change, because]) => [what, change, because] as [string, Partial<Deletion>, string]);
  for (const [what, change, because] of free) {
    it(`says nothing of ${what}, not even under Deny`, () =>
      expect(protection({ ...person, enforcement: 'Deny', ...change })).to.deep.equal({
        is: 'free',
        because,
      }));
  }

  const said = (...users: Deletion['users']) => {
    const verdict = protection({ ...person, users });
    return verdict.is === 'free' ? '' : verdict.message;
  };
  const wayOut = `delete them first, or annotate it with ${annotation.allowDelete}=true`;
  const many = Array.from({ length: mostNamed + 2 }, (_, index) => key(`key-${index}`));
  const sentences: readonly [string, string, string][] = [
    ['one', said(key('a')), 'ApiKey a refers to it'],
    ['those that stay', said(key('a'), key('b', { deletionTimestamp: 'now' })), 'ApiKey a refers to it'],
    ['several', said(key('a'), key('b'), key('c')), 'ApiKey a, ApiKey b and ApiKey c refer to it'],
    [
      'five, and how many more there are',
      said(...many),
      'ApiKey key-0, ApiKey key-1, ApiKey key-2, ApiKey key-3, ApiKey key-4 and 2 more refer to it',
    ],
  ];
  for (const [what, text, wanted] of sentences) {
    it(`names ${what}, and the way out`, () =>
      expect(text).to.equal(`RestApi shop/books is in use: ${wanted}; ${wayOut}`));
  }
});
