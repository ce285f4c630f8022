// A windowed list as react-virtuoso makes it: rows come and go, a wrong guess at their height, older
// ones put in front, a pill that lies over the chat, a list of contacts that scrolls as well.

import React, { useRef, useState } from "react";
import { createRoot } from "react-dom/client";
import { Virtuoso } from "react-virtuoso";

import { Around, COUNT, Message, STYLE, fetchOlder, newest } from "./messages.jsx";

function Chat() {
  const [messages, setMessages] = useState(newest);
  const loading = useRef(false);

  async function more() {
    const first = messages[0].number;
    if (loading.current || first === 0) return;
    loading.current = true;
    const older = await fetchOlder(first);
    // Asked for again before they were shown, they are still put in front once.
    setMessages((known) => (known[0].number === first ? [...older, ...known] : known));
    loading.current = false;
  }

  return (
    <Around pill>
      <Virtuoso
        style={{ flex: 1 }}
        data={messages}
        firstItemIndex={COUNT - (COUNT - messages[0].number)}
        initialTopMostItemIndex={messages.length - 1}
        computeItemKey={(_, message) => message.number}
        defaultItemHeight={24}
        startReached={more}
        atTopStateChange={(isTop) => { if (isTop) more(); }}
        itemContent={(_, message) => (
          <div className="row" role="row"><Message message={message} /></div>
        )}
      />
    </Around>
  );
}

createRoot(document.getElementById("root")).render(<><style>{STYLE}</style><Chat /></>);
