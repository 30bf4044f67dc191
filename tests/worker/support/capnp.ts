/** Text for workerd's configuration (Cap'n Proto's schema language). */

/** A value a Worker can be given. */
export type Value = boolean | number | string | null | readonly Value[] | { [name: string]: Value };

/** What a Worker is given, by name. */
export type Variables = Record<string, Value | undefined>;

/** Writes a text literal. */
export function quoted(text: string): string {
  const controls = /[\u0000-\u001f\u007f]/g;
  const escapedText = text.replace(/["\\]/g, '\\$&');
  return `"${escapedText.replace(controls, (control) => `\\x${hex(control)}`)}"`;
}

/** Writes the bindings of variables: texts as they are, anything else as JSON, like wrangler. */
export function variableBindings(variables: Variables): string[] {
  return Object.entries(variables)
    .filter((entry): entry is [string, Value] => entry[1] !== undefined)
    .map(([name, value]) =>
      typeof value === 'string'
        ? `(name = ${quoted(name)}, text = ${quoted(value)})`
        : `(name = ${quoted(name)}, json = ${quoted(JSON.stringify(value))})`,
    );
}

function hex(control: string): string {
  return control.charCodeAt(0).toString(16).padStart(2, '0');
}
