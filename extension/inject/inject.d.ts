// What the injected scripts give each other and what they answer. They are classic scripts that
// share one object in the isolated world of the page, because inject/ imports nothing.

export type Root = Document | ShadowRoot;

/** Reading the document without trusting its own names for things. */
export interface Dom {
  /** Give a property's own getter, whatever an object answers to. */
  reader<T extends object, K extends keyof T & string>(
    prototype: T, property: K): (object: T) => T[K];
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
  isConnected(node: Node): boolean;
  /** The element around a node, out of a shadow root too. */
  above(node: Node): Element | null;
  /** Whether a node is an element or inside it, through shadow roots. */
  contains(outer: Element, node: Node | null): boolean;
  firstChild(node: Node): ChildNode | null;
  nextSibling(node: Node): ChildNode | null;
  kind(node: Node): number;
  text(node: Node): string;
  style(element: Element): CSSStyleDeclaration | null;
  box(element: Element): DOMRect;
  /** Whether two parts of the window share some of it. */
  meets(one: Box, other: Box): boolean;
  isLaidOut(element: Element): boolean;
}

/** What counts as imagery, and how to tell that it is hidden. */
export interface Imagery {
  isPicture(element: Element): boolean;
  /** How many pictures a CSS value has that are not only gradients. */
  imagesIn(value: string): number;
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
  /** Whether the one picture that is left to be seen is the same in the same place; yes for none. */
  holds: boolean;
}

/** Which sheet is there beside the file's: for pointing, or with one picture of a kind left out. */
export type Showing = "pointing" | "img" | "background";

export interface Hiding {
  prepare(css: string, showing?: Showing | null): boolean;
  hide(): HidingReport;
  verify(): HidingReport;
  /** Wait longer until the page is shown again by itself. */
  hear(): void;
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
  /** The attribute of the page while no rule applies. */
  readonly SHOWN: string;
  addSheet(root: ShadowRoot, css: string): void;
  hasSheet(root: ShadowRoot): boolean;
  mark(element: Element, name: string): void;
  setStyle(element: Element, property: string, value: string): void;
  hasStyle(element: Element, property: string): boolean;
  takeBack(element: Element, property: string): void;
  /** Act while no rule applies; false: not done, the page itself has taken the rules away. */
  without(act: () => void): boolean;
  undo(): void;
}

/** A colour behind words whose gradient or photo is hidden. */
export interface StandIns {
  begin(): void;
  /** Before hiding, for each element. */
  note(element: Element): void;
  /** While it is hidden, also for what came since; false: the page has taken the rules away. */
  give(isLeft: (element: Element) => boolean): boolean;
}

/** Where the mark lies: at an edge of the window, or so far below the upper one, in CSS pixels. */
export type MarkEdge = "top" | "bottom" | { below: number };

export interface Mark {
  show(bits: readonly number[], edge?: MarkEdge): Promise<MarkPlace>;
  remove(): Promise<void>;
  /** How high it is, in CSS pixels. */
  height(): number;
  /** Whether an element is a part of it. */
  owns(element: Element): boolean;
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

/** A part of the window, in CSS pixels. */
export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Where pictures are in a part of the window, and the words that stand on them. */
export interface PicturePlaces {
  places: Box[];
  words: Box[];
}

/** What the window shows before a tile is taken. */
export interface TileBefore {
  hidden: HidingReport;
  place: MarkPlace;
  /** Every word in the part and where it stands, and how far a whole page is scrolled: the same as
   * long as nothing moves. */
  sight: string;
}

/** What the window showed when a tile was taken. */
export interface TileReading {
  hidden: HidingReport;
  sight: string;
  pictures: PicturePlaces;
  /** Where the upper edge of the scrolling part is on the capture's scale, null when lost; of a whole
   * page, how far it is scrolled. */
  at: number | null;
  /** What is hidden over it. */
  overlays: number;
  /** Empty unless it was asked for. */
  rows: Row[];
}

/** A message, or a line between messages, from the corner of the part that was asked for. */
export interface Row extends Box {
  id: number;
  side: "own" | "theirs" | "middle" | "unknown";
  time: string | null;
  text: string;
}

/** Whose profile a page is, by what it says itself. */
export interface Subject {
  canonical: string | null;
  name: string | null;
  accounts: never[];
}

/** A piece of text that is shown, and where in the window. */
export interface Line extends Box {
  node: Text;
  text: string;
}

/** Something that is shown, text or a picture, and how far from an upper edge. */
export interface Seen {
  node: Node;
  text: string;
  left: number;
  top: number;
  height: number;
}

/** What was seen of a conversation, on the capture's own scale. */
export interface Memory {
  add(seen: readonly Seen[], at: number): void;
  /** The place at which this is in sight; null when too little of it was seen before. */
  recall(seen: readonly Seen[]): number | null;
}

export interface Tiles {
  before(wish: { bits: readonly number[]; edge: MarkEdge; box: Box; rows: boolean }): Promise<TileBefore>;
  after(wish: { box: Box; rows: boolean }): TileReading;
}

export interface Lines {
  /** Every piece of text that can be seen in a part of the window. */
  within(box: Box): Line[];
  /** How far things moved down from one look to the next; null when too little is the same. */
  displacement(before: readonly Seen[], after: readonly Seen[]): number | null;
  makeMemory(): Memory;
}

/** The part of the page that a conversation scrolls in. */
export interface Scroller {
  /** Find it, or take the one that the person pointed at; "no" when there is none. */
  choose(): boolean;
  /** The chosen one, while it is in the page. */
  element(): Element | null;
  /** Whether it is the document itself. */
  isPage(): boolean;
  /** Whether another page takes up most of the window. */
  isFrame(): boolean;
  /** What can be seen of it. */
  box(): Box;
  /** The nearest part around an element that scrolls. */
  around(element: Element): Element | null;
  /** The document's own. */
  page(): Element | null;
  /** Take this one for now. */
  take(element: Element): void;
  /** Take this one whenever one is chosen, as long as the page has it: the person pointed at it. */
  point(element: Element): void;
}

export interface Picking {
  pick(): Promise<boolean>;
  /** Let the person point at one picture; how many there are to point at. */
  pickPicture(): Promise<{ picture: Pointed | null; found: number }>;
  stop(): void;
  /** Whether an element is a frame of ours. */
  owns(element: Element): boolean;
}

/** A picture that was pointed at: what it is, and where in the window. */
export interface Pointed extends Box {
  what: string;
}

/** Where pictures are beside the one that is left to be seen. */
export interface OtherPictures extends PicturePlaces {
  shown: Box | null;
  windowWidth: number;
}

export interface ShownPicture {
  /** Look at every element before anything is hidden. */
  note(): void;
  candidates(): Element[];
  point(element: Element): Pointed | null;
  begin(): boolean;
  end(): void;
  holds(): boolean;
  allows(element: Element, fault: string): boolean;
  is(element: Element): boolean;
  places(): OtherPictures;
}

export interface Overlays {
  /** Hide what lies over a part of the window. */
  hide(box: Box): void;
  /** How much is hidden now. */
  count(): number;
}

export interface Rows {
  /** The messages in a part of the window whose upper edge is at a place of the capture's scale. */
  within(box: Box, at: number): Row[];
}

/** Where a conversation is, after a step. */
export interface Place {
  /** How far the part moved on the capture's own scale; downward is positive. Null: lost. */
  moved: number | null;
  /** The place on the capture's own scale. */
  at: number;
  box: Box;
  /** How long the whole conversation is now, as the page knows it. */
  length: number;
  overlays: number;
  /** Something says that more is being loaded. */
  busy: boolean;
  /** The page is shown to nobody. */
  away: boolean;
}

export interface Steps {
  begin(): Promise<Place>;
  /** Scroll by a share of the part's height, and wait until it rests. */
  step(share: number, quiet: number): Promise<Place>;
  /** Where it is now, by what was seen before; null when too little of it is in sight. */
  track(): number | null;
  /** Look again where it is. */
  look(quiet: number): Promise<Place>;
  /** Go on from here as from a new place: something may be missing in between. */
  rebase(direction: number): Place;
  /** Go back to where it began. */
  goBack(): Promise<Place>;
  /** Wait for the next frame; a window that is covered paints none, so not for ever. */
  frame(): Promise<void>;
  /** Put the scrolling back as it was, at once. */
  restore(): void;
}

/** Where a page is, and how far it goes. */
export interface PagePlace {
  /** How far it is scrolled, in CSS pixels. */
  top: number;
  /** How high all of it is. */
  height: number;
  box: Box;
  overlays: number;
  /** Whether it is the document itself that scrolls. */
  document: boolean;
}

export interface WholePage {
  begin(): Promise<PagePlace>;
  goTo(top: number): Promise<PagePlace>;
  /** Go down once and back up, so that all is loaded; no further than this, in CSS pixels. */
  loadAll(longest: number): Promise<PagePlace>;
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
  standIns: StandIns;
  hiding: Hiding;
  mark: Mark;
  tiles: Tiles;
  lines: Lines;
  scroller: Scroller;
  picking: Picking;
  shownPicture: ShownPicture;
  overlays: Overlays;
  rows: Rows;
  steps: Steps;
  wholePage: WholePage;
  readPage(): PageReading;
  copyPage(): PageCopy;
  readSubject(): Subject;
}

declare global {
  var handrail: InPage;
}
