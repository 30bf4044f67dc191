/**
 * Pages as tagged templates: whatever is put into `html` is escaped, unless it is itself `html`.
 */

/** Text that is safe to send as HTML. */
export interface Html {
  readonly markup: string;
}

/** What may stand in a template: text is escaped, nothing is left out, lists are joined. */
export type HtmlValue = Html | string | number | false | null | undefined | readonly HtmlValue[];

/** Builds markup; values are escaped. */
export function html(strings: TemplateStringsArray, ...values: HtmlValue[]): Html {
  return { markup: String.raw({ raw: strings }, ...values.map(markupOf)) };
}

/** Marks text as HTML already: for style sheets and icons written in this project, never for input. */
export function trusted(markup: string): Html {
  return { markup };
}

function markupOf(value: HtmlValue): string {
  if (value === null || value === undefined || value === false) return '';
  if (typeof value === 'string' || typeof value === 'number') return escaped(String(value));
  return 'markup' in value ? value.markup : value.map(markupOf).join('');
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
