import { expect } from 'chai';
import { compiled } from '../../../src/policies/compile.ts';
import { definitionsIn } from '../../../src/policies/definition.ts';
import { PolicyLibrary } from '../../../src/policies/library.ts';
import { nearestOf } from '../../../src/model/nearest.ts';
import { digestOf, packed, unpacked } from '../../../src/policies/packed.ts';
import { realDefinitions } from './facts.ts';

/** What a schema says of parameters, as texts. */
function faults(parameters: unknown, params: unknown): readonly string[] | 'unknown' {
  const [definition] = definitionsIn({ policies: [{ name: 'p', version: 'v1.0.0', parameters }] }) ?? [];
  const judged = new PolicyLibrary([definition!]).judge(definition!, params);
  return judged.is === 'unknown' ? 'unknown' : judged.faults.map(({ where, fault }) => `${where}: ${fault}`);
}

describe('the definitions of policies', () => {
  const object = (properties: object, required: readonly string[] = []) => ({
    type: 'object',
    additionalProperties: false,
    properties,
    required,
  });
  const secretRef = { valueFrom: { secretKeyRef: { name: 's', key: 'k' } } };
  const short = object({ a: { type: 'string', minLength: 3, pattern: '^x' } });

  for (const [title, schema, params, expected] of [
    ['a missing parameter', object({}, ['a']), {}, ['.a: is required']],
    ['one that is not known', object({}), { zz: 1 }, ['.zz: is not known']],
    ['a wrong type', object({ a: { type: 'integer' } }), { a: 'x' }, ['.a: must be a value of type integer']],
    ['a pattern', object({ a: { pattern: '^x' } }), { a: 'y' }, ['.a: must match ^x']],
    ['a word of a list', object({ a: { enum: ['x', 'y'] } }), { a: 'z' }, ['.a: must be one of x, y']],
    ['a limit', object({ a: { maximum: 3 } }), { a: 4 }, ['.a: must be <= 3']],
    [
      'an entry of a list',
      object({ list: { type: 'array', items: object({ b: { type: 'string' } }, ['b']) } }),
      { list: [{ b: 'x' }, {}] },
      ['.list[1].b: is required'],
    ],
    [
      'an entry that is repeated',
      { properties: { a: { uniqueItems: true } } },
      {
        a: [
          { x: 1, y: 2 },
          { y: 2, x: 1 },
        ],
      },
      ['.a: must not repeat an entry'],
    ],
    [
      'the branch of a choice that comes closest',
      { anyOf: [object({ a: { type: 'string' } }, ['a', 'b']), object({ a: { type: 'string' } }, ['b'])] },
      { a: 'x' },
      ['.b: is required'],
    ],
    ['a vendor keyword, which is let be', { 'x-vendor': true, type: 'object' }, {}, []],
    [
      'two patterns, each on its own',
      object({ a: { pattern: '^x' }, b: { pattern: '^y' } }),
      { a: 'x', b: 'y' },
      [],
    ],
    ['a value from a Secret as a text of any content', short, { a: secretRef }, []],
    [
      'a value from a Secret where a number must stand',
      object({ a: { type: 'integer' } }),
      { a: secretRef },
      ['.a: must be a value of type integer'],
    ],
    ['a template, which is not known yet', short, { a: '{{ secret "s" }}' }, []],
    [
      'a choice that a template may decide',
      { oneOf: [{ properties: { a: { const: 'x' } } }] },
      { a: '{{ secret "s" }}' },
      [],
    ],
    ['definitions without a schema', undefined, { a: 1 }, []],
    ['a schema that refers to another document', { $ref: 'http://x/y' }, {}, 'unknown'],
    ['a schema that refers to itself', { properties: { a: { $ref: '#' } } }, {}, 'unknown'],
    ['a schema that answers with a promise', { $async: true }, {}, 'unknown'],
    ['a pattern that RE2 does not know', object({ a: { pattern: '(?=x)' } }), { a: 'x' }, 'unknown'],
    ['a schema that is none', 'type: object', {}, 'unknown'],
    ['a schema with a type that is none', { type: 'strng' }, {}, 'unknown'],
  ] as const) {
    it(`judge ${title}`, () => expect(faults(schema, params)).to.deep.equal(expected));
  }

  it('never repeat a value of the parameters', () => {
    const said = faults(
      object({ a: { type: 'integer', enum: [1], const: 2 }, b: { pattern: '^x', minLength: 99 } }),
      {
        a: 'hunter2',
        b: 'hunter2',
      },
    );
    expect(JSON.stringify(said)).not.to.contain('hunter2');
    expect(said).to.have.length(5);
  });

  it('refuse to be judged by when they are deeper or larger than anybody writes', () => {
    let deep: object = {};
    for (let depth = 0; depth < 100_000; depth += 1) deep = { not: deep };
    expect(compiled(deep)).to.equal(undefined);
    expect(compiled({ description: 'x'.repeat(200_000) })).to.equal(undefined);
  });

  it('answer for a long list of unique entries within a second', () => {
    const list = Array.from({ length: 20_000 }, (_, n) => ({ n }));
    const start = performance.now();
    expect(faults({ properties: { list: { uniqueItems: true } } }, { list })).to.deep.equal([]);
    expect(performance.now() - start).to.be.lessThan(1000);
  });

  it('are of no use where their pattern would take seconds', () => {
    const start = performance.now();
    expect(faults({ pattern: '(.*[ab]){300}[cd]' }, 'ab'.repeat(50_000))).to.equal('unknown');
    expect(performance.now() - start).to.be.lessThan(500);
  });

  it('are found by their major version, and without one the newest is', () => {
    const policies = ['v1.0.3', 'v2.0', 'v1.10.0', 'v10.0.0'].map((version) => ({ name: 'p', version }));
    const library = new PolicyLibrary(definitionsIn({ policies }) ?? []);
    expect(library.majors('p')).to.deep.equal(['v10', 'v2', 'v1']);
    expect(library.find('p', 'v1')?.version).to.equal('v1.10.0');
    expect(library.find('p', undefined)?.version).to.equal('v10.0.0');
    expect(library.find('p', 'v3')).to.equal(undefined);
    expect(library.majors('q')).to.deep.equal([]);
  });

  it('are read from a dump without anything else of it', () => {
    const dump = {
      apis: [{ configuration: { spec: 'hunter2' } }],
      policies: [
        { name: 'p', version: 'v1.0.0', parameters: {}, systemParameters: 'hunter2' },
        { name: 'a\nb', version: 'v1' },
        7,
      ],
    };
    expect(definitionsIn(dump)).to.deep.equal([{ name: 'p', version: 'v1.0.0', parameters: {} }]);
    expect(definitionsIn({ apis: [] })).to.equal(undefined);
    expect(definitionsIn('not found')).to.equal(undefined);
  });

  it('suggest the name that was probably meant', () => {
    const names = ['set-headers', 'remove-headers', 'cors'];
    expect(nearestOf('set-header', names)).to.equal('set-headers');
    expect(nearestOf('Set-Headers', names)).to.equal('set-headers');
    expect(nearestOf('crs', names)).to.equal('cors');
    expect(nearestOf('nosuch', names)).to.equal(undefined);
  });
});

describe('definitions in a ConfigMap', () => {
  const of = (description: string) =>
    definitionsIn({ policies: [{ name: 'p', version: 'v1.0.0', parameters: { description } }] }) ?? [];

  it('stand there readable when they are small', () => {
    expect(packed(of('x'))).to.have.property('data');
    expect(unpacked(packed(of('x'))!)).to.deep.equal(of('x'));
  });

  it('are compressed when they are large', () => {
    const large = of('x'.repeat(2_000_000));
    expect(packed(large)).to.have.property('binaryData');
    expect(unpacked(packed(large)!)).to.deep.equal(large);
  });

  it('are not kept when they are larger than that', () =>
    expect(packed(of('x'.repeat(20_000_000)))).to.equal(undefined));

  it('are nothing where something else stands', () => {
    expect(unpacked({})).to.equal(undefined);
    expect(unpacked({ data: { 'policies.json': '{' } })).to.equal(undefined);
    expect(unpacked({ binaryData: { 'policies.json.gz': 'AAAA' } })).to.equal(undefined);
  });

  it('have a digest that changes with what they say', () =>
    expect(digestOf(of('x'))).not.to.equal(digestOf(of('y'))));
});

describe('the policies of a real gateway', function () {
  const definitions = realDefinitions();
  if (definitions === undefined) {
    it.skip('are tried (the facts are not on this machine)');
    return;
  }
  const library = new PolicyLibrary(definitions);

  it('are all read', () => expect(definitions).to.have.length(41));

  for (const { name, version, parameters } of definitions) {
    it(`has ${name} ${version} in a form that can be judged by`, () =>
      expect(compiled(parameters)).to.be.a('function'));
  }

  it('answers 10 000 repeats for each of its patterns at once, the exponential one among them', () => {
    const patterns = [...JSON.stringify(definitions).matchAll(/"pattern":("(?:[^"\\\\]|\\\\.)*")/g)].map(
      ([, pattern = '']) => JSON.parse(pattern) as string,
    );
    expect(patterns.length).to.be.greaterThan(10);
    for (const pattern of new Set([...patterns, '^(a+)+$'])) {
      const validate = compiled({ pattern })!;
      for (const repeated of ['a', '1', '1h', '.a', '[0]']) {
        const start = performance.now();
        validate(`${repeated.repeat(10_000)}!`);
        expect(performance.now() - start, `${pattern} ${repeated}`).to.be.lessThan(500);
      }
    }
  });

  it('takes the headers that its documentation sets', () => {
    const definition = library.find('set-headers', 'v1')!;
    const params = { request: { headers: [{ name: 'x-a', value: '1' }] } };
    expect(library.judge(definition, params)).to.deep.equal({ is: 'judged', faults: [] });
  });
});
