// Parses server-sent events in a response body, for requests that EventSource cannot make. Knows nothing of their meaning.

export interface StreamEvent {
  event: string;
  data: string;
}

/** The complete events of a text, and the unfinished rest. */
export function takeEvents(text: string): { events: StreamEvent[]; rest: string } {
  const blocks = text.split(/\r\n\r\n|\n\n|\r\r/);
  const rest = blocks.pop()!;
  const events = blocks.flatMap((block) => {
    let event = 'message';
    const data: string[] = [];
    for (const line of block.split(/\r\n|\n|\r/)) {
      const [, name, value] = /^([^:]*):? ?(.*)$/.exec(line)!;
      if (name === 'event') event = value;
      else if (name === 'data') data.push(value);
    }
    return data.length > 0 ? [{ event, data: data.join('\n') }] : []; // comments keep a connection alive
  });
  return { events, rest };
}

/** The events of a response body. Cancels the body when the loop ends. */
export async function* eventsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<StreamEvent> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      text += done ? decoder.decode() : decoder.decode(value, { stream: true });
      const { events, rest } = takeEvents(text);
      text = rest;
      yield* events;
      if (done) return;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
