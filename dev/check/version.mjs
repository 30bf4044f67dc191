/** Version requirements, as far as deny.toml uses them: `<0.10.3`, or `>=1, <1.2`. */

/** @param {string} version @param {string} range comparisons, all of which must hold */
export function matches(version, range) {
  return range.split(',').every((comparison) => {
    const [, operator, bound] = comparison.trim().match(/^(<=|>=|<|>|=)\s*([\d.]+)$/) ?? [];
    if (!operator || !bound)
      throw new Error(`deny.toml: cannot read the version requirement "${range}"`);
    const order = compare(version, bound);
    return { '<': order < 0, '<=': order <= 0, '=': order === 0, '>=': order >= 0, '>': order > 0 }[
      operator
    ];
  });
}

/** @param {string} a @param {string} b */
function compare(a, b) {
  const [x, y] = [a, b].map((version) => version.split(/[-+]/, 1)[0]?.split('.').map(Number) ?? []);
  return (
    [0, 1, 2].map((i) => (x?.[i] ?? 0) - (y?.[i] ?? 0)).find((difference) => difference !== 0) ?? 0
  );
}
