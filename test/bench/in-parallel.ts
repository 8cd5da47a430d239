/** How many people, or pipelines, write at the same time. */
export const clients = 16;

/** Does the work for 0 to `count - 1`, so many at a time. Ends with the first failure. */
export async function inParallel(
  count: number,
  work: (index: number) => Promise<unknown>,
  width = clients,
): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) {
      const index = next;
      next += 1;
      try {
        await work(index);
      } catch (error) {
        next = count;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, count) }, worker));
}
