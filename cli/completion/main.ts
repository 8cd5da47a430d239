#!/usr/bin/env node
import { start } from '../start.ts';

// kubectl runs kubectl_complete-portcullis to complete `kubectl portcullis …`, and reads what cobra would print.
start('portcullis', ['complete', '--', ...process.argv.slice(2)], process.env);
