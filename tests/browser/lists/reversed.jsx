// A column that grows upward (flex-direction: column-reverse, negative scrollTop), with days that
// stick to the top. No library: the browser keeps the place by itself.

import React, { useRef, useState } from "react";
import { createRoot } from "react-dom/client";

import { Around, Message, STYLE, fetchOlder, newest } from "./messages.jsx";

function Chat() {
  const [messages, setMessages] = useState(newest);
  const loading = useRef(false);

  async function more({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) {
    const first = messages[0].number;
    if (loading.current || first === 0 || scrollHeight - clientHeight + scrollTop > 500) return;
    loading.current = true;
    const older = await fetchOlder(first);
    // Asked for again before they were shown, they are still put in front once.
    setMessages((known) => (known[0].number === first ? [...older, ...known] : known));
    loading.current = false;
  }

  return (
    <Around>
      <ul onScroll={more} style={{
        flex: 1, overflowY: "auto", display: "flex", flexDirection: "column-reverse", margin: 0, padding: 0,
      }}>
        {[...messages].reverse().map((message) => (
          <React.Fragment key={message.number}>
            <li className="row"><Message message={message} /></li>
            {message.day && <li className="row" style={{ position: "sticky", top: 0, padding: 0 }}>
              <p className="day">{message.day}</p></li>}
          </React.Fragment>
        ))}
      </ul>
    </Around>
  );
}

createRoot(document.getElementById("root")).render(<><style>{STYLE}</style><Chat /></>);
