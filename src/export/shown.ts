import type { Generation } from '../model/generation.ts';
import type { Item } from '../model/item.ts';
import type { Kind } from '../model/kind.ts';

/** What something stands below at a gateway, or goes with. */
export interface Above {
  readonly kind: string;
  readonly name: string;
}

/** One item of a gateway, as GET shows it where there is one, and where it stands. */
export interface Shown {
  readonly row: Kind;
  readonly item: Item;
  /** Undefined for what stands for itself, and where nothing is there any more that it could belong to. */
  readonly owner: Above | undefined;
}

/** Everything that a gateway holds. */
export interface Content {
  readonly generation: Generation;
  readonly shown: readonly Shown[];
}
