// Misuses of what an app says of its own data and tools.

export const appPrograms = [
  {
    title: 'data and tools of an app, read as something else',
    text: `
import { createClient } from 'holdfast';
interface Weather { readonly city: string; readonly celsius: number }
interface App {
  readonly data: { readonly weather: Weather };
  readonly tools: {
    readonly search: { readonly input: { readonly query: string }; readonly output: readonly string[] };
  };
}
const client = createClient<App>({ url: 'https://example.org', token: 'eyJ' });
const { view } = client.open('Session-0123456789abcd');
for (const message of view.path) {
  for (const part of message.parts) {
    if (part.type === 'data' && part.name === 'weather') {
      const warm: boolean = part.data.celsius > 20;
      const city: number = part.data.city; // TS2322 not assignable to type 'number'
      void [warm, city];
    }
    if (part.type === 'data' && part.name === 'whether') void part; // TS2367 no overlap
    if (part.type === 'tool' && part.name === 'search') {
      if (part.state === 'output-available') {
        const first: string | undefined = part.output[0];
        part.output.push('more'); // TS2339 'push' does not exist
        void [first, part.input.query];
      }
      if (part.state === 'input-streaming') void part.output; // TS2339 'output' does not exist
    }
    if (part.type === 'text') void part.text.length;
  }
}
for (const { parts } of view.messages) void parts.length;
`,
  },
  {
    title: 'a client without types of its own, and its writes',
    text: `
import { createClient, type WriteState } from 'holdfast';
const client = createClient({ url: 'https://example.org', token: async () => 'eyJ' });
const handle = client.open('Session-0123456789abcd');
const sent = handle.send('Hi');
const state: WriteState = sent.state;
const message: string = sent.message;
const run: string = sent.run; // TS2322 not assignable to type 'string'
sent.state = 'durable'; // TS2540 read-only
handle.status.unsent = 0; // TS2540 read-only
sent.reached('refused'); // TS2345 not assignable
for (const part of handle.view.path[0]?.parts ?? []) {
  if (part.type === 'data') void [part.name.length, part.data];
}
createClient({ url: 'https://example.org' }); // TS2741 'token' is missing
void [state, message, run];
`,
  },
];
