import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Recorder } from '../../bench/recorder.ts';
import { merged, readResults, writeResults } from '../../bench/results.ts';

const machine = { cores: 2 };
const begun = new Date('2026-01-01T00:00:00Z');
const curve = { name: 'growth', title: 'Growth', x: 'resources', y: 'ms' };

function measured(work: (record: Recorder) => void, problem?: string) {
  const record = new Recorder();
  work(record);
  return record.result(begun, problem);
}

describe('the results of the bench', () => {
  it('keep the median of the rounds, and the rounds', () => {
    const { figures } = measured((record) => record.rounds('took', [3, 1, 2], 's'));
    expect(figures).to.deep.equal([{ name: 'took', value: 2, unit: 's', rounds: [3, 1, 2] }]);
  });

  it('get a part that is measured later beside the earlier ones', () => {
    const first = merged(
      undefined,
      'one',
      measured((record) => record.figure('a', 1, 's')),
      machine,
    );
    const both = merged(
      first,
      'other',
      measured((record) => record.figure('b', 2, 's')),
      machine,
    );
    expect(Object.keys(both.parts)).to.deep.equal(['one', 'other']);
    expect(both.parts.one).to.deep.equal(first.parts.one);
  });

  it('lose nothing of a part of which only some is measured again', () => {
    const first = measured((record) => {
      record.figure('small', 1, 's');
      record.figure('large', 9, 's');
      record.bar('large', 1.4, 'at most', 1.5, 'a ratio');
      record.point(curve, 'ours', 100, 1);
      record.point(curve, 'ours', 5000, 9);
    });
    const again = measured((record) => {
      record.figure('small', 2, 's');
      record.point(curve, 'ours', 100, 2);
    });
    const { one } = merged(merged(undefined, 'one', first, machine), 'one', again, machine).parts;
    expect(one?.figures.map(({ name, value }) => [name, value])).to.deep.equal([
      ['small', 2],
      ['large', 9],
    ]);
    expect(one?.bars).to.have.length(1);
    expect(one?.curves[0]?.series.ours).to.deep.equal([
      [100, 2],
      [5000, 9],
    ]);
  });

  it('keep what was measured before by a part that fails now, and say why it failed', () => {
    const good = merged(
      undefined,
      'one',
      measured((record) => record.figure('a', 1, 's')),
      machine,
    );
    const { one } = merged(
      good,
      'one',
      measured(() => undefined, 'the cluster is gone'),
      machine,
    ).parts;
    expect(one?.figures).to.have.length(1);
    expect(one?.problem).to.equal('the cluster is gone');
    const { one: later } = merged(
      good,
      'one',
      measured((record) => record.figure('a', 2, 's')),
      machine,
    ).parts;
    expect(later).not.to.have.property('problem');
  });

  describe('in a file', () => {
    let folder: string;
    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'bench-results-'));
    });
    after(() => rm(folder, { recursive: true }));

    it('are read as they were written, and absent before', () => {
      const file = join(folder, 'deeper/results.json');
      expect(readResults(file)).to.equal(undefined);
      const results = merged(
        undefined,
        'one',
        measured((record) => record.figure('a', 1, 's')),
        machine,
      );
      writeResults(file, results);
      expect(readResults(file)).to.deep.equal(results);
    });

    it('are not taken for absent where they can not be read', async () => {
      const file = join(folder, 'broken.json');
      await writeFile(file, '{');
      expect(() => readResults(file)).to.throw(file);
    });
  });
});
