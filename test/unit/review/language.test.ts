import { expect } from 'chai';
import { systemClock } from '../../../src/runtime/clock.ts';
import { Reviewer } from '../../../src/review/reviewer.ts';
import { context, policy, resource, rule, subject } from './subjects.ts';

const books = resource('RestApi', {
  upstream: { main: { url: 'http://user:pass@10.0.0.1:8080/x' } },
  operations: [
    { method: 'GET', path: '/a', policies: [{ name: 'jwt-auth', version: 'v1' }] },
    { method: 'POST', path: '/b' },
  ],
  policies: [{ name: 'cors', version: 'v1', params: { ['__proto__']: 1, constructor: 'x', deep: [1.5] } }],
});

/** Each is true of the resource above. */
const truths: readonly string[] = [
  'object.kind == "RestApi" && object.metadata.name == "books"',
  'oldObject == null && request.operation == "CREATE" && !request.dryRun',
  'request.userInfo.username == "ada" && "writers" in request.userInfo.groups',
  'request.options.fieldManager == "kubectl"',
  'namespaceObject.metadata.name == "shop" && namespaceObject.metadata.labels["team"] == "books"',
  'now == timestamp("2026-01-01T00:00:00Z") && now - duration("1h") < now',
  'upstreams.size() == 1 && upstreams[0].port == 8080 && upstreams[0].host == "10.0.0.1"',
  'upstreams.all(u, u.private && !u.tls && u.scheme == "http" && u.credentials && !u.templated)',
  'upstreams[0].path == "spec.upstream.main.url"',
  'policies.map(p, p.name) == ["cors", "jwt-auth"]',
  'policies.exists(p, p.params[?"deep"].hasValue())',
  'operations.map(o, o.policies.map(p, p.name)) == [["cors", "jwt-auth"], ["cors"]]',
  'operations.filter(o, o.method == "POST").map(o, o.route) == ["/b"]',
  'routes.exists(r, r.vhost == "*")',
  'gateways == [] && secrets == [] && certificates == []',
  'object.spec.policies[0].params.constructor == "x" && object.spec.policies[0].params["__proto__"] == 1',
  'has(object.spec.operations) && !has(object.spec.nothing)',
  'object.?spec.?nothing.?at.orValue("x") == "x" && object.spec[?"nothing"].orValue(1) == 1',
  'cel.bind(n, object.spec.operations.size(), n == 2)',
  '"books-2".matches("^[a-z]+-\\\\d$") && "a1b2".findAll("[0-9]") == ["1", "2"] && "a1".find("[0-9]") == "1"',
  '"a.b.c".replace(".", "-") == "a-b-c" && "a.b.c".replace(".", "-", 1) == "a-b.c" && "abc".charAt(1) == "b"',
  '"%s has %d, %.1f%%".format(["x", 2, 1.25]) == "x has 2, 1.3%"',
  '"A b".lowerAscii().split(" ").join("-") == "a-b" && " x ".trim() == "x" && "abc".substring(1, 2) == "b"',
  '[3, 1, 2].max() == 3 && [1.5, 0.5].min() == 0.5 && [1, 2].sum() == 3 && [1, 2, 3].isSorted()',
  '[1, 2, 1].distinct() == [1, 2] && ["b", "a"].sort() == ["a", "b"] && [1, 2, 3].slice(1, 2) == [2]',
  '[1, 2].indexOf(2) == 1 && [1, 2].lastIndexOf(9) == -1',
  'sets.contains(["a", "b"], ["a"]) && sets.intersects([1], [1, 2]) && !sets.equivalent([1], [1, 2])',
  'ip("10.0.0.1").isPrivate() && ip("::1").isLoopback() && ip("169.254.1.1").isLinkLocalUnicast() && !isIP("x")',
  'cidr("10.0.0.0/8").containsIP("10.9.8.7") && cidr("10.0.0.0/8").containsCIDR("10.1.0.0/16") && !isCIDR("1/2")',
  'url("https://a.example:8443/p?q=1").getHostname() == "a.example" && isURL("http://a") && !isURL("a")',
  'string(1) + string(true) == "1true" && int("3") == 3 && double(1) == 1.0 && type(1) == int',
  'object.metadata.name.size() == 5 && size("héllo") == 5 && size("🎉") == 1',
];

describe('the language of rules', () => {
  it('knows what it says it knows', async () => {
    await using reviewer = new Reviewer({ ...context, clock: systemClock });
    const rules = truths.map((expression, index) =>
      rule(expression, { name: `r${index}`, message: expression }),
    );
    reviewer.setPolicies([policy(rules)]);
    const breaches = await reviewer.review(subject(books));
    expect(breaches.map(({ message }) => message)).to.deep.equal([]);
    expect(reviewer.faults()).to.have.property('size', 0);
  });

  it('shows no secret and no credential of a URL, in the object, in what was stored, or in a message', async () => {
    const secret = 'sk-very-secret';
    const provider = (value: unknown) =>
      resource(
        'LlmProvider',
        {
          upstream: {
            url: `https://me:${secret}@vendor.example/`,
            auth: { type: 'api-key', header: 'Authorization', value },
          },
        },
        {
          annotations: { 'kubectl.kubernetes.io/last-applied-configuration': secret },
        },
      );
    await using reviewer = new Reviewer({ ...context, clock: systemClock });
    const saying = (what: string, name: string) =>
      rule('false', { name, messageExpression: `"%s".format([${what}])` });
    const derived = '[upstreams.map(u, u.url), secrets, policies, operations]';
    reviewer.setPolicies([
      policy([saying('object.spec', 'new'), saying('[oldObject]', 'old'), saying(derived, 'derived')]),
    ]);
    // The last two are of no shape that a secret has, and still meant as one.
    for (const value of [secret, { value: secret }, { value: secret, odd: 1 }, [secret]]) {
      const told = await reviewer.review(subject(provider(value), { old: provider(value) }));
      const said = told.map(({ message }) => message).join('\n');
      expect(told).to.have.length(3);
      expect(said.split('[masked]').length).to.be.greaterThan(4);
      expect(said).not.to.contain(secret);
    }
  });

  it('tells where a secret comes from, and nothing else of it', async () => {
    const auth = (value: unknown) =>
      resource('LlmProvider', {
        upstream: { url: 'https://v.example/', auth: { type: 'api-key', header: 'X', value } },
      });
    const of = async (value: unknown) => {
      await using reviewer = new Reviewer({ ...context, clock: systemClock });
      const words = 'secrets.map(s, "%s %s %s %s".format([s.inline, s.from, s.name, s.key])).join(";")';
      reviewer.setPolicies([policy([rule('false', { messageExpression: words })])]);
      return (await reviewer.review(subject(auth(value))))[0]?.message;
    };
    expect(await of('x')).to.equal('true Inline');
    expect(await of({ valueFrom: { name: 'n', key: 'k' } })).to.equal('false Secret n k');
    expect(await of('{{ secret "n" }}')).to.equal('false Template');
  });
});
