// A list as @tanstack/react-virtual makes it: every row is moved by a transform, heights are guessed
// wrongly and measured later, older ones are put in front, and the browser's own anchoring is off.

import React, { useLayoutEffect, useRef, useState } from "react";
import { createRoot } from "react-dom/client";
import { useVirtualizer } from "@tanstack/react-virtual";

import { Around, Message, STYLE, fetchOlder, newest } from "./messages.jsx";

const GUESS = 90;

function Chat() {
  const [messages, setMessages] = useState(newest);
  const scroller = useRef(null);
  const loading = useRef(false);
  const atEnd = useRef(false);
  const put = useRef(0);
  const rows = useVirtualizer({
    count: messages.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => GUESS,
    getItemKey: (at) => messages[at].number,
    overscan: 4,
  });

  useLayoutEffect(() => {
    if (!atEnd.current) {
      atEnd.current = true;
      rows.scrollToIndex(messages.length - 1, { align: "end" });
    }
  }, []);

  useLayoutEffect(() => {
    if (put.current > 0) {
      // The list keeps its place by its own guess, as many chats do.
      scroller.current.scrollTop += put.current * GUESS;
      put.current = 0;
    }
  }, [messages]);

  async function more() {
    const first = messages[0].number;
    if (loading.current || first === 0 || scroller.current.scrollTop > 400) return;
    loading.current = true;
    const older = await fetchOlder(first);
    // Asked for again before they were shown, they are still put in front once.
    setMessages((known) => {
      if (known[0].number !== first) return known;
      put.current = older.length;
      return [...older, ...known];
    });
    loading.current = false;
  }

  return (
    <Around>
      <div ref={scroller} onScroll={more} style={{ flex: 1, overflowY: "auto", overflowAnchor: "none" }}>
        <div style={{ height: rows.getTotalSize(), position: "relative" }}>
          {rows.getVirtualItems().map(({ key, index, start }) => (
            <div key={key} data-index={index} ref={rows.measureElement} className="row"
              style={{ position: "absolute", insetInline: 0, transform: `translateY(${start}px)` }}>
              <Message message={messages[index]} />
            </div>
          ))}
        </div>
      </div>
    </Around>
  );
}

createRoot(document.getElementById("root")).render(<><style>{STYLE}</style><Chat /></>);
