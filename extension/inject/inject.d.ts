// What the injected scripts give each other and what they answer. They are classic scripts that
// share one object in the isolated world of the page, because inject/ imports nothing.

export type Root = Document | ShadowRoot;

/** Reading the document without trusting its own names for things. */
export interface Dom {
  /** The <html> element, or null when the page is not an HTML page. */
  page(): HTMLElement | null;
  /** Every element inside a root or an element, in tree order. */
  all(within: Root | Element): Element[];
  /** The document and every shadow root in it, open or closed. */
  everyRoot(): Root[];
  shadowOf(element: Element): ShadowRoot | null;
  name(element: Element): string;
  namespace(element: Element): string | null;
  attributes(element: Element): Attr[];
  attribute(element: Element, name: string): string | null;
  setAttribute(element: Element, name: string, value: string): void;
  removeAttribute(element: Element, name: string): void;
  rootOf(node: Node): Node;
  firstChild(node: Node): ChildNode | null;
  nextSibling(node: Node): ChildNode | null;
  kind(node: Node): number;
  text(node: Node): string;
  style(element: Element): CSSStyleDeclaration | null;
  box(element: Element): DOMRect;
  isLaidOut(element: Element): boolean;
}

/** What counts as imagery, and how to tell that it is hidden. */
export interface Imagery {
  isPicture(element: Element): boolean;
  isFrame(element: Element): boolean;
  /** The stand-in for a gradient behind text, or null when there is no gradient to stand in for. */
  stands(element: Element): string | null;
  /** How many pictures an element and its generated content show, before hiding. */
  count(element: Element): number;
  /** What of an element still shows imagery: CSS properties, "::before", "::after", or nothing. */
  faults(element: Element): string[];
}

export interface HidingReport {
  /** How many pieces of imagery the page has. */
  count: number;
  /** How many places still show imagery, or could. Zero means hidden. */
  faults: number;
  /** For the log of a test: what the first faults are. Holds no text of the page. */
  examples: string[];
}

export interface Hiding {
  prepare(css: string): void;
  hide(): HidingReport;
  verify(): HidingReport;
  restore(): void;
  forget(): void;
}

/** Where the mark lies, and how wide the window was then, in CSS pixels. */
export interface MarkPlace {
  left: number;
  top: number;
  width: number;
  height: number;
  windowWidth: number;
}

export interface Changes {
  addSheet(root: ShadowRoot, css: string): void;
  hasSheet(root: ShadowRoot): boolean;
  mark(element: Element, name: string): void;
  setStyle(element: Element, property: string, value: string): void;
  hasStyle(element: Element, property: string): boolean;
  undo(): void;
}

export interface Mark {
  show(bits: readonly number[]): Promise<MarkPlace>;
  remove(): Promise<void>;
}

export interface PageReading {
  url: string;
  title: string;
  referrer: string;
  language: string;
  content_type: string;
  is_html: boolean;
  zone: string;
  offset_minutes: number;
  width: number;
  height: number;
  page_width: number;
  page_height: number;
  scroll_x: number;
  scroll_y: number;
  device_pixel_ratio: number;
}

export interface PageCopy {
  html: string;
  /** What the copy could not take in: "frame", "canvas", "too-long" → how many. */
  not_read: Record<string, number>;
}

export interface InPage {
  dom: Dom;
  imagery: Imagery;
  changes: Changes;
  hiding: Hiding;
  mark: Mark;
  readPage(): PageReading;
  copyPage(): PageCopy;
}

declare global {
  var handrail: InPage;
}
