/** What a registry would hand out: the program's files, on a base of Node and the libraries that it needs. */
export interface Image {
  /** The folder that stands at `/app`. */
  readonly folder: string;
  /** What is put before the arguments of a container that names no command. */
  readonly command?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The user id where the Pod names none. Default: root. */
  readonly user?: number;
}

/** Where the programs of the base are: Node, and no shell. */
export const imagePath = '/usr/local/bin:/usr/bin:/bin';
export const workingFolder = '/app';
