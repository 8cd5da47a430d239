#!/usr/bin/env node
import { basename } from 'node:path';
import { start } from './start.ts';

// As a plugin of kubectl it goes by kubectl's name for it.
const isPlugin = basename(process.argv[1] ?? '').startsWith('kubectl-');
start(isPlugin ? 'kubectl portcullis' : 'portcullis', process.argv.slice(2), process.env);
