import type { Kind } from '../model/kind.ts';
import type { Keeper, Manifest } from './manifest.ts';

/** A resource that was made of what a gateway holds. */
export interface Exported {
  readonly row: Kind;
  readonly manifest: Manifest;
  /** Where its spec still has something that looks like a credential. */
  readonly inClear: readonly string[];
}

/** Something of the gateway that no manifest stands for. */
export interface LeftOut {
  /** As `<kind> books`. */
  readonly what: string;
  /** Completes "… is left out: ". */
  readonly why: string;
}

/** Something that is exported, and what should be known of it. */
export interface Note {
  readonly what: string;
  readonly text: string;
  /** Whether admission refuses it as it is. */
  readonly isRefused: boolean;
}

export interface Export {
  /** So that none stands before one that it refers to. */
  readonly resources: readonly Exported[];
  readonly keepers: readonly Keeper[];
  readonly leftOut: readonly LeftOut[];
  readonly notes: readonly Note[];
  /** How many came with the gateway, and are as they came. */
  readonly shipped: number;
}
