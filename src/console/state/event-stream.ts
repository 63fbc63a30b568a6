// Reads server-sent events out of the body of an answer, for requests that EventSource cannot make. Knows nothing of what they mean.

export interface StreamEvent {
  event: string;
  data: string;
}

/** The events in a text that may end in the middle of one, and what is left of it. */
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
