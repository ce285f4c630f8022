// Merges the readings of tiles that are joined, one by one, so that every message is counted once.
//
// Which row is the same is decided as in server/handrail/core/transcript.py, rule for rule: the numbers
// that the panel says are those of the list that others make from the readings. Memory is flat: a line
// is dropped that no tile has shown for a while, except those of the first, to which the run comes back.

/** @import { Row } from "../inject/inject.js" */

/** How far apart two readings of one row may stand, in CSS pixels. */
const NEAR = 4;
/** After so many more tiles a line is dropped. */
const HELD = 8;

/** A row in its place. @typedef {{ row: Row, top: number, seen: number }} Line */
/** @typedef {{ rows: readonly Row[], top: number, box: { height: number } }} Tile */

/** @returns what adds the tiles of one run; `first` is where its uppermost line stands, or its tile */
export function makeRun() {
  /** @type {Map<number, Line>} */
  const byId = new Map();
  /** @type {Map<string, Line>} */
  const byWords = new Map();
  /** @type {Map<string, Line>} */
  const byText = new Map();
  let [tiles, messages, first, bare] = [0, 0, Infinity, Infinity];

  /** @param {string} text @param {number} top in steps of NEAR */
  const wordsAt = (text, top) => `${top} ${text}`;

  /**
   * Find the row that stood here already, and claim it.
   * @param {Row} row @param {number} top @param {Set<Line>} claimed
   */
  function inPlace(row, top, claimed) {
    const step = Math.floor(top / NEAR);
    const known = [
      byId.get(row.id),
      ...[0, -1, 1].map((aside) => byWords.get(wordsAt(row.text, step + aside))),
    ];
    for (const line of known) {
      if (line && Math.abs(line.top - top) <= NEAR && !claimed.has(line)) {
        claimed.add(line);
        return line;
      }
    }
    return null;
  }

  /**
   * Find the row of this element, if it says the same and was where this tile looks.
   * @param {Row} row @param {Tile} tile @param {Set<Line>} [claimed]
   */
  function moved(row, tile, claimed) {
    const line = byId.get(row.id);
    return line && !claimed?.has(line) && line.row.text === row.text && inSight(line, tile)
      ? line : null;
  }

  /**
   * Find the row that said this, if it was where this tile looks, in an element filled anew since.
   * @param {Row} row @param {Tile} tile
   */
  function elsewhere(row, tile) {
    const [before, line] = [byId.get(row.id), byText.get(row.text)];
    return before && line && before.row.text !== row.text && inSight(line, tile) ? line : null;
  }

  /** Tell where this tile begins on the scale of those before it. @param {Tile} tile */
  function startOf(tile) {
    /** @type {Set<Line>} */
    const claimed = new Set();
    /** @type {number[]} */
    const moves = [];
    let still = 0;
    for (const row of tile.rows) {
      const here = inPlace(row, tile.top + row.top, claimed);
      still += here?.row.text === row.text ? 1 : 0;
      const other = moved(row, tile) ?? elsewhere(row, tile);
      if (other) {
        moves.push(other.top - row.top - tile.top);
      }
    }
    moves.sort((a, b) => a - b);
    const move = moves[Math.ceil(moves.length / 2) - 1] ?? 0;
    const agreed = moves.filter((one) => Math.abs(one - move) <= NEAR).length;
    return tile.top + (agreed > still ? move : 0);
  }

  function drop() {
    for (const known of /** @type {Map<number | string, Line>[]} */ ([byId, byWords, byText])) {
      for (const [key, { seen }] of known) {
        if (seen > 0 && seen < tiles - HELD) {
          known.delete(key);
        }
      }
    }
  }

  return {
    /**
     * Add what was read on one tile.
     * @param {Tile} tile
     * @returns {number} where the tile begins on the scale of those before it
     */
    add(tile) {
      const start = startOf(tile);
      /** @type {Set<Line>} */
      const claimed = new Set();
      const found = tile.rows.map((row) => inPlace(row, start + row.top, claimed));
      tile.rows.forEach((row, at) => {
        let line = found[at] ?? moved(row, tile, claimed);
        if (!line) {
          line = { row, top: start + row.top, seen: tiles };
          const words = wordsAt(row.text, Math.floor(line.top / NEAR));
          byWords.set(words, byWords.get(words) ?? line);
          byText.set(row.text, line);
          messages += row.side === "middle" ? 0 : 1;
          first = Math.min(first, line.top);
        }
        line.seen = line.seen && tiles; // Those of the first tile stay.
        claimed.add(line);
        byId.set(row.id, line);
      });
      bare = Math.min(bare, start);
      tiles += 1;
      drop();
      return start;
    },
    get messages() {
      return messages;
    },
    get first() {
      return first === Infinity ? bare : first;
    },
  };
}

/**
 * Tell whether the place of a row is one that this tile shows, and not only its edge.
 * @param {Line} line @param {Tile} tile
 */
function inSight({ row, top }, tile) {
  return NEAR - row.height < top - tile.top && top - tile.top < tile.box.height - NEAR;
}
