/** What the demo prints: steps with how long they took, commands with what they said. Colour only on a terminal. */

const colour = process.stdout.isTTY;
const paint = (code: number, text: string) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);

export const bold = (text: string) => paint(1, text);
export const faint = (text: string) => paint(2, text);
export const green = (text: string) => paint(32, text);
export const red = (text: string) => paint(31, text);

export function print(text = ''): void {
  process.stdout.write(`${text}\n`);
}

export function heading(text: string): void {
  print(`\n${bold(text)}`);
}

/** A shell command and what it printed, indented. */
export function command(line: string, output: string): void {
  print(`${faint('$')} ${line}`);
  if (output.trim() !== '') print(indented(output));
}

export function indented(text: string): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n');
}

/** Shows that something is under way, and how long it took; a sign of life every two seconds. */
export async function step<Result>(title: string, work: () => Promise<Result>): Promise<Result> {
  const started = Date.now();
  const seconds = () => ((Date.now() - started) / 1000).toFixed(1);
  const timer = setInterval(
    () => process.stdout.write(colour ? `\r  … ${title} ${seconds()} s` : `  … ${title} ${seconds()} s\n`),
    2000,
  );
  try {
    const result = await work();
    print(`${colour ? '\r\u001b[K' : ''}  ${green('✓')} ${title} ${faint(`${seconds()} s`)}`);
    return result;
  } catch (error) {
    print(`${colour ? '\r\u001b[K' : ''}  ${red('✗')} ${title} ${faint(`${seconds()} s`)}`);
    throw error;
  } finally {
    clearInterval(timer);
  }
}
