import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { generations as allGenerations, type Generation } from '../../src/model/generation.ts';
import { root } from '../support/root.ts';
import { expectationOf, type Expectation } from './expectation.ts';

/** An object as it stands in a file, of ours or of Kubernetes' own. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: unknown;
  readonly data?: Readonly<Record<string, string>>;
  readonly stringData?: Readonly<Record<string, string>>;
}

export interface Fixture {
  /** Below the folder of fixtures, such as `restapi/refused/no-operations.yaml`. */
  readonly file: string;
  readonly folder: 'accepted' | 'refused';
  readonly expectation: Expectation;
  /** What must stand first, in this order. */
  readonly before: readonly Manifest[];
  /** What is judged. */
  readonly judged: Manifest;
}

/** A fixture on a gateway of one generation, and what is expected there. */
export interface Case {
  readonly fixture: Fixture;
  readonly generation: Generation;
  readonly expected: 'accepted' | 'refused';
}

export const corpusFolder = join(root, 'test/fixtures');

/** Reads every fixture, ordered by file. Throws with the name of the first file that is not one. */
export function readCorpus(): readonly Fixture[] {
  return globSync('*/{accepted,refused}/*.yaml', { cwd: corpusFolder }).sort().map(readFixture);
}

function readFixture(file: string): Fixture {
  try {
    const text = readFileSync(join(corpusFolder, file), 'utf8');
    const [kind = '', folder] = file.split('/');
    if (folder !== 'accepted' && folder !== 'refused') throw new Error('it stands in an unknown folder');
    const documents = parseAllDocuments(text).map((document) => {
      const [error] = document.errors;
      if (error !== undefined) throw error;
      return document.toJS() as Manifest;
    });
    const judged = documents.at(-1);
    if (judged === undefined) throw new Error('it has no manifest');
    if (judged.kind.toLowerCase() !== kind) throw new Error(`its last manifest is of kind ${judged.kind}`);
    const expectation = expectationOf(text, folder);
    return { file, folder, expectation, before: documents.slice(0, -1), judged };
  } catch (error) {
    throw new Error(`could not read ${file} because ${error instanceof Error ? error.message : 'of it'}`, {
      cause: error,
    });
  }
}

/** The generations on which a fixture is judged, and with what result. */
export function casesOf(fixture: Fixture): readonly Case[] {
  return allGenerations.flatMap((generation): readonly Case[] => {
    if (fixture.expectation.generations.includes(generation))
      return [{ fixture, generation, expected: fixture.folder }];
    return fixture.expectation.elsewhere === undefined ? [] : [{ fixture, generation, expected: 'refused' }];
  });
}
