// Every sentence a person reads comes from one catalogue, shared/text/<language>.json.
//
// A value is a sentence with {placeholders}, or plural forms chosen by `count` under the CLDR rules
// (Intl.PluralRules). A missing key or placeholder is a mistake of ours and throws: a test reads
// every key that the code names.

/** @typedef {Readonly<Record<string, string | Readonly<Record<string, string>>>>} Catalogue */
/** @typedef {Readonly<Record<string, string | number>>} Values */
/** @typedef {(key: string, values?: Values) => string} Translate */

/**
 * Make the function that gives sentences.
 * @param {Catalogue} catalogue
 * @param {string} language a BCP 47 tag
 * @returns {Translate}
 */
export function makeText(catalogue, language) {
  const plural = new Intl.PluralRules(language);
  const number = new Intl.NumberFormat(language);

  return function t(key, values = {}) {
    const entry = Object.hasOwn(catalogue, key) ? catalogue[key] : undefined;
    if (entry === undefined) {
      throw new RangeError(`no sentence for ${key}`);
    }
    return fill(key, typeof entry === "string" ? entry : formOf(key, entry, values), values);
  };

  /**
   * @param {string} key
   * @param {Readonly<Record<string, string>>} forms
   * @param {Values} values
   */
  function formOf(key, forms, values) {
    const { count } = values;
    if (typeof count !== "number") {
      throw new RangeError(`${key} needs a count`);
    }
    const form = forms[plural.select(count)] ?? forms["other"];
    if (form === undefined) {
      throw new RangeError(`${key} has no form for ${count}`);
    }
    return form;
  }

  /**
   * @param {string} key
   * @param {string} sentence
   * @param {Values} values
   */
  function fill(key, sentence, values) {
    return sentence.replace(/\{([a-z_]+)\}/g, (_, /** @type {string} */ name) => {
      const value = values[name];
      if (value === undefined) {
        throw new RangeError(`${key} needs a value for ${name}`);
      }
      return typeof value === "number" ? number.format(value) : value;
    });
  }
}
