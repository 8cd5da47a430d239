import { everythingAt, nameOf, type Site } from './gateways.ts';
import type { Population } from './population.ts';

/** Where a gateway does not hold exactly what the resources say: what it lacks, what is old, what is too much. */
export function differences(sites: readonly Site[], population: Population): readonly string[] {
  return sites.flatMap((site) => at(site, population).map((difference) => `${site.name}: ${difference}`));
}

function at(site: Site, population: Population): readonly string[] {
  const wanted = population.families
    .filter(({ sites }) => sites.includes(site))
    .flatMap((family) =>
      family.residents.map((resident) => ({ ...resident, state: population.state(family, resident) })),
    );
  const found = everythingAt(site);
  const wrong = wanted.flatMap(({ member, state }) => {
    const entries = (found.get(member.collection) ?? []).filter(member.stands);
    const who = `${member.collection}/${member.name}`;
    if (entries.length === 0) return [`lacks ${who}`];
    if (entries.length > 1) return [`has ${who} ${entries.length} times`];
    const text = JSON.stringify(entries[0]);
    const lacking = member.signs(state).filter((sign) => !text.includes(sign));
    return lacking.map(
      (sign) => `${who} does not say ${sign.startsWith('canary') ? 'the new secret' : sign}`,
    );
  });
  const tooMuch = [...found].flatMap(([path, entries]) =>
    entries
      .filter((entry) => !wanted.some(({ member }) => member.collection === path && member.stands(entry)))
      .filter((entry) => !(site.ownNames.get(path) ?? []).includes(nameOf(entry)))
      .map((entry) => `still has ${path}/${nameOf(entry)}`),
  );
  const lost = [...site.ownNames].flatMap(([path, names]) =>
    names
      .filter((name) => !(found.get(path) ?? []).some((entry) => nameOf(entry) === name))
      .map((name) => `has lost its own ${path}/${name}`),
  );
  return [...wrong, ...tooMuch, ...lost];
}
