// What an app says of its own data and tools, so that what it reads is typed. A type-level
// mapping and nothing more: what stands in a document was written by anybody, and whoever
// must be sure decodes it.

import type { Json } from '../base/json.ts';
import type { Table } from '../session/table.ts';
import type { Message } from '../session/message.ts';
import type { DataPart, Part } from '../session/part.ts';
import type { ToolPart } from '../session/tool.ts';
import type { View } from '../session/view.ts';

/** `createClient<{ data: { weather: Weather }; tools: { search: { input: Query; output: Hits } } }>` */
export interface AppTypes {
  /** By the name of a data part, what is in it. */
  readonly data?: object;
  /** By the name of a tool, what it takes and gives. */
  readonly tools?: object;
}

export interface DefaultApp {
  readonly data: Record<string, Json>;
  readonly tools: Record<string, { readonly input: Json; readonly output: Json }>;
}

type DataOf<App extends AppTypes> = App extends { readonly data: infer Data }
  ? Data
  : DefaultApp['data'];

type ToolsOf<App extends AppTypes> = App extends { readonly tools: infer Tools }
  ? Tools
  : DefaultApp['tools'];

/** One type for each name of data. */
export type AppDataPart<App extends AppTypes> = {
  [Name in keyof DataOf<App> & string]: Omit<DataPart, 'name' | 'data'> & {
    readonly name: Name;
    readonly data: DataOf<App>[Name];
  };
}[keyof DataOf<App> & string];

type WithIO<OneState, IO> = OneState extends unknown
  ? {
      readonly [Key in keyof OneState]: Key extends 'input' | 'output'
        ? Json extends OneState[Key]
          ? IO extends { readonly [K in Key]: infer Value }
            ? Value | (undefined extends OneState[Key] ? undefined : never)
            : OneState[Key]
          : OneState[Key]
        : OneState[Key];
    }
  : never;

/** One type for each name of a tool and each state. */
export type AppToolPart<App extends AppTypes> = {
  [Name in keyof ToolsOf<App> & string]: WithIO<ToolPart, ToolsOf<App>[Name]> & {
    readonly name: Name;
  };
}[keyof ToolsOf<App> & string];

export type AppPart<App extends AppTypes> =
  | Exclude<Part, DataPart | ToolPart>
  | AppDataPart<App>
  | AppToolPart<App>;

export interface AppMessage<App extends AppTypes> extends Omit<Message, 'parts'> {
  readonly parts: readonly AppPart<App>[];
}

export interface AppView<App extends AppTypes> extends Omit<View, 'path' | 'messages'> {
  readonly path: readonly AppMessage<App>[];
  readonly messages: Table<AppMessage<App>>;
}
