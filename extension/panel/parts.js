// The pieces that every screen is made of. Text is always set as text, never read as markup.
//
// Which pieces a screen has is in screens/; how they look is in look/components.css.

const SVG = "http://www.w3.org/2000/svg";

/** @typedef {string | Node | null | undefined | false} Child */
/** @typedef {Record<string, string | boolean | ((event: Event) => void)>} Attributes */

/**
 * Make an element.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Attributes} attributes a function is a listener: { click: save }
 * @param {...Child} children absent ones are left out
 * @returns {HTMLElementTagNameMap[T]}
 */
export function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") {
      element.addEventListener(name, value);
    } else if (value !== false) {
      element.setAttribute(name, value === true ? "" : value);
    }
  }
  element.append(...children.filter((child) => child instanceof Node || typeof child === "string"));
  return element;
}

/**
 * Draw one of the icons of panel.html. It decorates; words stand beside it.
 * @param {string} name
 */
export function icon(name) {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("class", "icon");
  drawing.setAttribute("aria-hidden", "true");
  drawing.setAttribute("focusable", "false");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${name}`);
  drawing.append(use);
  return drawing;
}

/**
 * The head of a screen: where the person is, and one quiet line.
 * @param {string} title
 * @param {...Child} lines
 */
export function head(title, ...lines) {
  return make("header", {}, make("h1", { tabindex: "-1" }, title), ...lines);
}

/**
 * The one teal button of a screen.
 * @param {string} label
 * @param {() => void} press
 * @param {string} [iconName]
 */
export function primary(label, press, iconName) {
  return make("button", { class: "button primary wide", type: "button", click: press },
    iconName !== undefined && icon(iconName), label);
}

/**
 * A button that looks like a link, for the second choice.
 * @param {string} label
 * @param {() => void} press
 */
export function quiet(label, press) {
  return make("button", { class: "button quiet", type: "button", click: press }, label);
}

/**
 * A notice: what happened, that it is safe, what is next.
 * @param {"saved" | "waiting" | "missing" | ""} kind
 * @param {string} iconName
 * @param {string} title
 * @param {...Child} rest
 */
export function notice(kind, iconName, title, ...rest) {
  return make("div", { class: `notice ${kind}`.trim() }, icon(iconName),
    make("div", {}, make("p", { class: "title" }, title), ...rest));
}

/**
 * A pair of label and value.
 * @param {string} label
 * @param {...Child} value
 */
export function fact(label, ...value) {
  return make("div", {}, make("dt", {}, label), make("dd", {}, ...value));
}

/**
 * Follow a link inside the panel.
 * @param {() => void} act
 * @returns {(event: Event) => void}
 */
export function follow(act) {
  return (event) => {
    event.preventDefault();
    act();
  };
}
