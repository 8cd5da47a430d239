#!/usr/bin/env node
import { start } from '../start.ts';

// kubectl runs the plugin kubectl-add for `kubectl add …`.
start('kubectl', ['add', ...process.argv.slice(2)], process.env);
